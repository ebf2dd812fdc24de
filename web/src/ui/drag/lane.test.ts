import { expect, it } from "vitest";
import { placeAt, scrollBy, shiftOf, within } from "./lane.ts";

const lane = { base: 8, step: 33, count: 4 };

it("falls into the place that it covers most of", () => {
	expect([8, 24, 25, 41, 58, 107].map((top) => placeAt(lane, top))).toEqual([
		0, 0, 1, 1, 2, 3,
	]);
});

it("stays in the list, wherever the pointer goes", () => {
	expect(within(lane, -500)).toBe(8);
	expect(within(lane, 5000)).toBe(8 + 3 * 33);
	expect(placeAt(lane, 5000)).toBe(3);
});

it("lets those between make way, in either direction", () => {
	const all = [0, 1, 2, 3, 4];
	expect(all.map((index) => shiftOf(index, 1, 3))).toEqual([0, 0, -1, -1, 0]);
	expect(all.map((index) => shiftOf(index, 3, 1))).toEqual([0, 1, 1, 0, 0]);
	expect(all.map((index) => shiftOf(index, 2, 2))).toEqual([0, 0, 0, 0, 0]);
});

it("scrolls at the edges, faster the nearer, and not between", () => {
	const box = { top: 100, bottom: 500 };
	expect(scrollBy(300, box)).toBe(0);
	expect(scrollBy(120, box)).toBeLessThan(0);
	expect(scrollBy(101, box)).toBeLessThan(scrollBy(130, box));
	expect(scrollBy(490, box)).toBeGreaterThan(0);
	expect(scrollBy(9000, box)).toBe(14);
	expect(scrollBy(-9000, box)).toBe(-14);
});
