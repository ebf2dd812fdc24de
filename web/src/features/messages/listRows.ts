import type { TimelineRow } from "@/stores/index.ts";

/** The rows of the store and those that only the list has: skeletons, and room below the last. */
export type ListRow =
	| TimelineRow
	| { kind: "skeleton"; key: string; part: "older" | "newer" }
	| { kind: "foot"; key: string };

const OLDER: ListRow = { kind: "skeleton", key: "older", part: "older" };
const NEWER: ListRow = { kind: "skeleton", key: "newer", part: "newer" };
const FOOT: ListRow = { kind: "foot", key: "foot" };

export function listRows(
	rows: readonly TimelineRow[],
	hasOlder: boolean,
	hasNewer: boolean,
): ListRow[] {
	return [
		...(hasOlder ? [OLDER] : []),
		...rows,
		...(hasNewer ? [NEWER] : []),
		FOOT,
	];
}

/** The local calendar day as a number; equal for two moments of the same day. */
export function dayOf(ms: number): number {
	const date = new Date(ms);
	return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}
