import type { TimelineRow, TimelineView } from "@/stores/index.ts";

/** The rows of the store, and what stands for newer ones: on their way, or not to be had for now. */
export type ListRow =
	| TimelineRow
	| { kind: "newer"; key: string; isFailed: boolean };

const NEWER: ListRow = { kind: "newer", key: "newer", isFailed: false };
const NOT_LOADED: ListRow = { ...NEWER, isFailed: true };

/**
 * Nothing is added above: the list tells by its first row whether history came, and holds by that
 * row what the reader sees.
 */
export function listRows(
	rows: readonly TimelineRow[],
	{ hasNewer, isNewerFailed }: Pick<TimelineView, "hasNewer" | "isNewerFailed">,
): readonly ListRow[] {
	if (isNewerFailed) return [...rows, NOT_LOADED];
	return hasNewer ? [...rows, NEWER] : rows;
}

/** Whether the rows end with newer ones that could not be loaded. */
export function isCutOff(rows: readonly ListRow[]): boolean {
	const last = rows.at(-1);
	return last?.kind === "newer" && last.isFailed;
}

/**
 * Whether rows have come between those that were there, above a last one that is still the last:
 * what others have written comes above what I have sent and the hub has not stored yet. The unread
 * divider is none of them: whoever moves it looks at it.
 */
export function cameAboveLast(
	before: readonly ListRow[],
	now: readonly ListRow[],
): boolean {
	const last = now.at(-1);
	if (!last || last.kind === "newer" || last.key !== before.at(-1)?.key)
		return false;
	const known = new Set(before.map(({ key }) => key));
	const first = now.findIndex(({ key }) => known.has(key));
	return now
		.slice(first)
		.some(({ kind, key }) => kind !== "unread" && !known.has(key));
}

/** The local calendar day as a number; equal for two moments of the same day. */
export function dayOf(ms: number): number {
	const date = new Date(ms);
	return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}
