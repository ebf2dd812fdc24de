import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { score } from "./score.ts";

describe("score", () => {
	it("prefers the whole name, then its beginning, then a word, then letters in order", () => {
		const ranked = ["go", "gopher", "let-go", "cargo", "gxo"].map((name) =>
			score("go", name),
		);
		expect(ranked).toEqual(ranked.toSorted((a, b) => b - a));
		expect(new Set(ranked).size).toBe(ranked.length);
		expect(score("go", "og")).toBe(0);
	});

	it("never fails, whatever is typed, and always finds a name by itself", () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (typed, name) => {
				expect(score(typed, name)).not.toBeNaN();
				expect(score(name, name)).toBeGreaterThan(0);
			}),
		);
	});
});
