import { useLayoutEffect, useRef } from "react";
import { HEAD_PX } from "./heights.ts";
import type { ListRow } from "./listRows.ts";
import { END_PX, type MessageVirtualizer } from "./useMessageVirtualizer.ts";

/**
 * Keeps the unread divider in sight when it moves to a row that is seen: who marks the first row of
 * the view would otherwise see nothing of it. Who reads at the end goes on doing so as long as the
 * divider is seen from there.
 */
export function useNewDivider(
	rows: readonly ListRow[],
	divider: number,
	virtual: MessageVirtualizer,
): void {
	const next = divider < 0 ? undefined : rows[divider + 1]?.key;
	const last = useRef(next);
	useLayoutEffect(() => {
		if (last.current === next) return;
		last.current = next;
		const mark = virtual.measurementsCache[divider];
		const marked = virtual.measurementsCache[divider + 1];
		const element = virtual.scrollElement;
		if (!mark || !marked || !element) return;
		const where = viewToShow(mark, marked, element);
		// Also where it is in sight already: near the end the view goes along with the head that the
		// marked row gets, and would leave it above.
		if (where === "divider") virtual.scrollToIndex(divider, { align: "auto" });
		if (where === "end") virtual.scrollToEnd();
	}, [next, divider, virtual]);
}

type Extent = { start: number; end: number };
type View = Pick<HTMLElement, "scrollTop" | "clientHeight" | "scrollHeight">;

/** What the view has to show, now that the divider stands before the marked row. */
export function viewToShow(
	mark: Extent,
	marked: Extent,
	{ scrollTop: top, clientHeight, scrollHeight }: View,
): "divider" | "end" | "as it is" {
	const end = scrollHeight - clientHeight;
	// What stood below it has made room.
	const room = mark.end - mark.start;
	if (marked.end <= top || marked.start - room >= top + clientHeight)
		return "as it is";
	const wasAtEnd = end - top <= END_PX + room;
	return wasAtEnd && end + HEAD_PX <= mark.start ? "end" : "divider";
}
