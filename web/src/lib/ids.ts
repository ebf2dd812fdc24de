/** Ids: decimal strings of 64-bit numbers, ordered by number. */
import type { Id } from "@/api/types.ts";

/** Below zero when `a` is older than `b`. */
export function compareIds(a: Id, b: Id): number {
	if (a.length !== b.length) return a.length - b.length;
	return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether `a` is newer than `b`; anything is newer than nothing. */
export function isNewer(a: Id | null, b: Id | null): boolean {
	if (a === null) return false;
	return b === null || compareIds(a, b) > 0;
}

/** Where `id` stands, or would stand, in a list in ascending order. */
export function placeOf(ids: readonly Id[], id: Id): number {
	let low = 0;
	let high = ids.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		const other = ids[middle];
		if (other !== undefined && compareIds(other, id) < 0) low = middle + 1;
		else high = middle;
	}
	return low;
}
