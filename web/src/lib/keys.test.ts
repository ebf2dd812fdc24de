import { expect, it } from "vitest";
import { comboOf, refusalOf } from "./keys.ts";

const press = (key: string, rest: Partial<KeyboardEvent> = {}) =>
	comboOf({
		key,
		code: "",
		ctrlKey: false,
		metaKey: false,
		altKey: false,
		shiftKey: false,
		...rest,
	});

it("names what is pressed in one order, Ctrl and ⌘ alike", () => {
	const shift = { shiftKey: true };
	expect(press("k", { ctrlKey: true })).toBe("Mod+K");
	expect(press("K", { metaKey: true, ...shift })).toBe("Mod+Shift+K");
	expect(press("ArrowDown", { altKey: true, ...shift })).toBe(
		"Alt+Shift+ArrowDown",
	);
});

it("waits while only modifiers are down, and leaves AltGr to writing", () => {
	expect(press("Control", { ctrlKey: true })).toBeNull();
	expect(
		press("@", { ctrlKey: true, altKey: true, getModifierState: () => true }),
	).toBeNull();
});

it("finds a letter by its place where the keyboard writes no Latin", () => {
	expect(press("ক", { code: "KeyK", ctrlKey: true })).toBe("Mod+K");
	expect(press("১", { code: "Digit1", altKey: true })).toBe("Alt+1");
});

it("takes a sign as it is written, whatever it needs to be written", () => {
	const german = { code: "Digit7", ctrlKey: true, shiftKey: true };
	expect(press("/", german)).toBe("Mod+/");
});

it.each([
	["K", "bare"],
	["Shift+A", "bare"],
	["Escape", "bare"],
	["Mod+T", "browser"],
	["Alt+ArrowLeft", "browser"],
	["F6", "browser"],
	["Mod+C", "writing"],
	["Mod+Shift+Z", "writing"],
	["Alt+Backspace", "writing"],
	["Mod+J", "browser"],
	["Mod+G", null],
	["Alt+G", null],
	["F8", null],
	["Shift+Escape", null],
])("judges %s as %s", (combo, refusal) => {
	expect(refusalOf(combo, "page")).toBe(refusal);
});

it.each([
	["E", null],
	["Shift+A", null],
	["+", null],
	["Delete", null],
	["Mod+G", null],
	["ArrowUp", "walking"],
	["Shift+Tab", "walking"],
	["Enter", "walking"],
	["Escape", "walking"],
	["Mod+C", "writing"],
	["Shift+F10", "browser"],
])("judges %s on a message as %s", (combo, refusal) => {
	expect(refusalOf(combo, "message")).toBe(refusal);
});
