import { beforeEach, expect, it } from "vitest";
import { refusalOf } from "@/lib/keys.ts";
import {
	actionIds,
	bind,
	boundTo,
	loadBindings,
	resetBinding,
	resetBindings,
	useBindings,
} from "./bindings.ts";

const now = () => useBindings.getState();

beforeEach(() => {
	localStorage.clear();
	loadBindings("1");
});

it("begins with keys that could be chosen, each for one action", () => {
	expect(new Set(Object.values(now())).size).toBe(actionIds.length);
	for (const combo of Object.values(now())) expect(refusalOf(combo)).toBeNull();
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
	expect(boundTo("Mod+K")).toBe("help");
	expect(now().switcher).toBe("");
	resetBinding("switcher");
	expect(now()).toMatchObject({ switcher: "Mod+K", help: "" });
	resetBindings();
	expect(now()).toMatchObject({ switcher: "Mod+K", help: "Mod+/" });
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
