/** The rows of the member list: groups with heads, and the ranges of people a view needs. */
import { limits } from "@/api/limits.ts";
import type { MemberGroup, RowRange } from "@/api/types.ts";

export type MemberRow =
	| { kind: "head"; group: MemberGroup["id"]; count: number }
	| { kind: "member"; index: number }
	| { kind: "reveal"; count: number };

/** Where the groups of a list have more rows than this, those of the offline are folded away at first. */
const UNFOLDED_MAX = 1000;

function isFolded(group: MemberGroup, groups: readonly MemberGroup[]): boolean {
	return group.id === "offline" && memberCount(groups) > UNFOLDED_MAX;
}

function memberCount(groups: readonly MemberGroup[]): number {
	return groups.reduce((sum, { count }) => sum + count, 0);
}

export function memberRowCount(
	groups: readonly MemberGroup[],
	isRevealed: boolean,
): number {
	return groups.reduce(
		(sum, group) =>
			sum + (isFolded(group, groups) && !isRevealed ? 1 : group.count + 1),
		0,
	);
}

/** What stands in a row, counted with the heads; undefined beyond the last one. */
export function memberRowAt(
	row: number,
	groups: readonly MemberGroup[],
	isRevealed: boolean,
): MemberRow | undefined {
	let head = 0;
	let first = 0;
	for (const group of groups) {
		if (row === head)
			return isFolded(group, groups) && !isRevealed
				? { kind: "reveal", count: group.count }
				: { kind: "head", group: group.id, count: group.count };
		if (row <= head + group.count)
			return { kind: "member", index: first + row - head - 1 };
		head += group.count + 1;
		first += group.count;
	}
	return undefined;
}

/** Ranges are aligned to this, so that scrolling a little asks for nothing new. */
const STEP = 50;
const { memberRangeRowsMax: RANGE_ROWS_MAX, memberRangesMax: RANGES_MAX } =
	limits;

/**
 * What to watch so that members `first` to `last` are shown: at most three ranges. They reach past
 * the present end, so that whoever joins is seen without asking again.
 */
export function rangesFor(first: number, last: number): RowRange[] {
	const ranges: RowRange[] = [];
	for (
		let at = Math.floor(first / STEP) * STEP;
		at <= last && ranges.length < RANGES_MAX;
		at += RANGE_ROWS_MAX
	)
		ranges.push([at, at + RANGE_ROWS_MAX - 1]);
	return ranges;
}
