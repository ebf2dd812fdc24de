import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MemberGroup } from "@/api/types.ts";
import { memberRowAt, memberRowCount, rangesFor } from "./memberRows.ts";

const aGroup = fc.record<MemberGroup>({
	id: fc.constantFrom("online", "offline", "1289467123456789504"),
	count: fc.integer({ min: 1, max: 40 }),
});

describe("member rows", () => {
	it("show every member once, in order, each group under its head", () => {
		const someGroups = fc.uniqueArray(aGroup, { selector: ({ id }) => id });
		fc.assert(
			fc.property(someGroups, (groups) => {
				const count = memberRowCount(groups, false);
				const rows = Array.from({ length: count }, (_, row) =>
					memberRowAt(row, groups, false),
				);
				const members = rows.flatMap((row) =>
					row?.kind === "member" ? [row.index] : [],
				);
				expect(members).toEqual(members.map((_, index) => index));
				expect(members).toHaveLength(count - groups.length);
				const heads = rows.flatMap((row) =>
					row?.kind === "head" ? [{ id: row.group, count: row.count }] : [],
				);
				expect(heads).toEqual(groups);
				expect(memberRowAt(count, groups, false)).toBeUndefined();
			}),
		);
	});

	it("fold many offline members behind one press", () => {
		const groups: MemberGroup[] = [
			{ id: "online", count: 2 },
			{ id: "offline", count: 4998 },
		];
		expect(memberRowCount(groups, false)).toBe(4);
		expect(memberRowAt(3, groups, false)).toEqual({
			kind: "reveal",
			count: 4998,
		});
		expect(memberRowCount(groups, true)).toBe(5002);
		expect(memberRowAt(3, groups, true)).toEqual({
			kind: "head",
			group: "offline",
			count: 4998,
		});
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
