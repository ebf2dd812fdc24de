import type { Place } from "./chatUi.ts";
import type { ListRow } from "./listRows.ts";

/** Where a list begins: so far below the top of a row, at the unread divider, or at its end. */
export type Entry =
	| { at: "place"; index: number; below: number }
	| { at: "divider"; index: number }
	| { at: "end" };

export function entryOf(
	rows: readonly ListRow[],
	place: Place | undefined,
): Entry {
	if (place?.atEnd) return { at: "end" };
	if (place) {
		const index = rows.findIndex((row) => row.key === place.key);
		return index < 0
			? { at: "end" }
			: { at: "place", index, below: place.below };
	}
	const index = rows.findIndex((row) => row.kind === "unread");
	return index < 0 ? { at: "end" } : { at: "divider", index };
}
