import fc from "fast-check";
import { expect, it } from "vitest";
import { seed, seedOf } from "./support/seed.ts";

it("gives every property the seed of the run, and shows it when one is red", () => {
	const fails = fc.property(fc.integer(), () => false);
	expect(fc.check(fails).seed).toBe(seed);
	expect(() => fc.assert(fails)).toThrow(`seed: ${seed}`);
	// What a property asks for itself counts more.
	expect(fc.check(fails, { seed: 7 }).seed).toBe(7);
});

it("is the same unless another one is named", () => {
	expect(seedOf(undefined)).toBe(1);
	expect(seedOf("")).toBe(1);
	expect(seedOf("-42")).toBe(-42);
	expect(() => seedOf("soon")).toThrow("BATTALA_TEST_SEED");
	expect(() => seedOf("4294967296")).toThrow("BATTALA_TEST_SEED");
});
