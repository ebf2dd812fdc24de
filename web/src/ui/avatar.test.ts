import { describe, expect, it } from "vitest";
import { initialsOf } from "./Avatar.tsx";

describe("initials", () => {
	it.each([
		["Under the tree", "UT"],
		["বটতলা হাব", "বহা"],
		["קהילה (TLV)", "קT"],
		["«Bazaar» of old", "BO"],
		["👩‍👩‍👧 club", "👩‍👩‍👧C"],
	])("of %j are %j", (name, initials) => {
		expect(initialsOf(name)).toBe(initials);
	});
});
