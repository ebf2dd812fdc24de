import type { TimelineRow } from "@/stores/index.ts";

/** The rows of the store, and what stands for the newer ones that are on their way. */
export type ListRow = TimelineRow | { kind: "newer"; key: string };

const NEWER: ListRow = { kind: "newer", key: "newer" };

/**
 * Nothing is added above: the list tells by its first row whether history came, and holds by that
 * row what the reader sees.
 */
export function listRows(
	rows: readonly TimelineRow[],
	hasNewer: boolean,
): readonly ListRow[] {
	return hasNewer ? [...rows, NEWER] : rows;
}

/** The local calendar day as a number; equal for two moments of the same day. */
export function dayOf(ms: number): number {
	const date = new Date(ms);
	return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}
