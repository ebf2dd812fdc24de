/** The rows of the member list: two groups with heads, and the ranges of people a view needs. */
import { limits } from "@/api/limits.ts";
import type { RowRange } from "@/api/types.ts";

export type MemberRow =
	| { kind: "head"; group: "online" | "offline"; count: number }
	| { kind: "member"; index: number }
	| { kind: "reveal"; count: number };

/** Beyond this many the offline are folded away at first. */
const UNFOLDED_MAX = 1000;

export function memberRowCount(
	online: number,
	total: number,
	isRevealed: boolean,
): number {
	const offline = total - online;
	const top = online > 0 ? online + 1 : 0;
	if (offline <= 0) return top;
	return top + (isFolded(total, isRevealed) ? 1 : offline + 1);
}

function isFolded(total: number, isRevealed: boolean): boolean {
	return total > UNFOLDED_MAX && !isRevealed;
}

export function memberRowAt(
	row: number,
	online: number,
	total: number,
	isRevealed: boolean,
): MemberRow {
	const top = online > 0 ? online + 1 : 0;
	if (row < top)
		return row === 0
			? { kind: "head", group: "online", count: online }
			: { kind: "member", index: row - 1 };
	const count = total - online;
	if (row > top) return { kind: "member", index: online + row - top - 1 };
	return isFolded(total, isRevealed)
		? { kind: "reveal", count }
		: { kind: "head", group: "offline", count };
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
