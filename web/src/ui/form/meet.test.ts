import fc from "fast-check";
import { expect, it } from "vitest";
import { isSame, meet } from "./meet.ts";

const base = { name: "Oak", topic: "Shade" };

it("follows a change to a field that I left alone", () => {
	const mine = { name: "Fig", topic: "Shade" };
	const theirs = { name: "Oak", topic: "Rain" };
	expect(meet(base, mine, theirs)).toEqual({
		values: { name: "Fig", topic: "Rain" },
		disputed: [],
	});
});

it("disputes what both changed, and keeps mine until I choose", () => {
	const mine = { name: "Fig", topic: "Shade" };
	const theirs = { name: "Palm", topic: "Shade" };
	expect(meet(base, mine, theirs)).toEqual({
		values: mine,
		disputed: ["name"],
	});
});

it("sees no dispute where both wrote the same, but for space around it", () => {
	const mine = { name: " Palm ", topic: "Shade" };
	const theirs = { name: "Palm", topic: "Shade" };
	expect(meet(base, mine, theirs).disputed).toEqual([]);
});

it("never loses what I typed, and never overlooks what they saved", () => {
	const text = fc.constantFrom("", "a", "b", " a", "c");
	const form = fc.record({ one: text, two: text });
	fc.assert(
		fc.property(form, form, form, (before, mine, theirs) => {
			const { values, disputed } = meet(before, mine, theirs);
			for (const key of ["one", "two"] as const) {
				const isMine = !isSame(mine[key], before[key]);
				const isTheirs = !isSame(theirs[key], before[key]);
				if (isMine) expect(values[key]).toBe(mine[key]);
				if (isTheirs && !isSame(values[key], theirs[key]))
					expect(disputed).toContain(key);
				if (disputed.includes(key)) expect(isMine && isTheirs).toBe(true);
			}
		}),
	);
});
