import { beforeEach, expect, it } from "vitest";
import { refusalOf } from "@/lib/keys.ts";
import {
	actionIds,
	bind,
	loadBindings,
	messageActionOf,
	pageActionOf,
	resetBinding,
	resetBindings,
	rivalOf,
	scopeOf,
	useBindings,
} from "./bindings.ts";

const now = () => useBindings.getState();

beforeEach(() => {
	localStorage.clear();
	loadBindings("1");
});

it("begins with keys that could be chosen, each for one action", () => {
	expect(new Set(Object.values(now())).size).toBe(actionIds.length);
	for (const id of actionIds)
		expect(refusalOf(now()[id], scopeOf(id))).toBeNull();
});

it("keeps a choice for its account alone", () => {
	bind("switcher", "Mod+G");
	loadBindings("2");
	expect(now().switcher).toBe("Mod+K");
	loadBindings("1");
	expect(now().switcher).toBe("Mod+G");
});

it("gives a key to one action at a time, and back on reset", () => {
	bind("help", "Mod+K");
	expect(pageActionOf("Mod+K")).toBe("help");
	expect(now().switcher).toBe("");
	resetBinding("switcher");
	expect(now()).toMatchObject({ switcher: "Mod+K", help: "" });
	resetBindings();
	expect(now()).toMatchObject({ switcher: "Mod+K", help: "Mod+/" });
});

it("lets the same keys do one thing in the client and another on a message", () => {
	bind("copy", "Mod+K");
	expect(rivalOf("switcher", "Mod+K")).toBeUndefined();
	expect(pageActionOf("Mod+K")).toBe("switcher");
	expect(messageActionOf("Mod+K")).toBe("copy");
	expect(messageActionOf("C")).toBeUndefined();
	bind("edit", "Mod+K");
	expect(now()).toMatchObject({ switcher: "Mod+K", edit: "Mod+K", copy: "" });
});

it("ignores what it cannot read", () => {
	localStorage.setItem(
		"battala.keys.3",
		'{"switcher":4,"gone":"F8","help":"F8"}',
	);
	loadBindings("3");
	expect(now()).toMatchObject({ switcher: "Mod+K", help: "F8" });
	expect(Object.keys(now())).toHaveLength(actionIds.length);
	localStorage.setItem("battala.keys.4", "null");
	loadBindings("4");
	expect(now().help).toBe("Mod+/");
});
