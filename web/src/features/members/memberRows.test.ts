import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memberRowAt, memberRowCount, rangesFor } from "./memberRows.ts";

describe("member rows", () => {
	it("show every member once, in order, under two heads", () => {
		fc.assert(
			fc.property(fc.nat(40), fc.nat(40), (online, offline) => {
				const total = online + offline;
				const count = memberRowCount(online, total, false);
				const rows = Array.from({ length: count }, (_, row) =>
					memberRowAt(row, online, total, false),
				);
				const members = rows.flatMap((row) =>
					row.kind === "member" ? [row.index] : [],
				);
				expect(members).toEqual(Array.from({ length: total }, (_, n) => n));
				const heads = rows.filter((row) => row.kind === "head");
				expect(heads).toHaveLength(Number(online > 0) + Number(offline > 0));
			}),
		);
	});

	it("fold many offline members behind one press", () => {
		expect(memberRowCount(2, 5000, false)).toBe(4);
		expect(memberRowAt(3, 2, 5000, false)).toEqual({
			kind: "reveal",
			count: 4998,
		});
		expect(memberRowCount(2, 5000, true)).toBe(5002);
	});

	it("ask for at most three ranges of a hundred that cover what is seen", () => {
		fc.assert(
			fc.property(fc.nat(9000), fc.nat(120), (first, span) => {
				const ranges = rangesFor(first, first + span);
				expect(ranges.length).toBeLessThanOrEqual(3);
				for (const [from, to] of ranges) expect(to - from).toBe(99);
				for (const row of [first, first + span])
					expect(ranges.some(([from, to]) => from <= row && row <= to)).toBe(
						true,
					);
			}),
		);
	});
});
