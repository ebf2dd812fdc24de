import { useLayoutEffect, useRef } from "react";
import type { Id } from "@/api/types.ts";
import { getState } from "@/stores/index.ts";
import { HEAD_PX } from "./heights.ts";
import type { ListRow } from "./listRows.ts";
import { END_PX, type MessageVirtualizer } from "./useMessageVirtualizer.ts";

/**
 * Keeps the unread divider in sight when it moves to a row that is seen: who marks the first row of
 * the view would otherwise see nothing of it. Who reads at the end goes on doing so as long as the
 * divider is seen from there. Where it comes late, since the hub has told what is new only after
 * the list was there, the view goes no further than to it.
 */
export function useNewDivider(
	channelId: Id,
	rows: readonly ListRow[],
	divider: number,
	virtual: MessageVirtualizer,
): void {
	const next = divider < 0 ? undefined : rows[divider + 1]?.key;
	const last = useRef(next);
	const before = useRef(rows);
	useLayoutEffect(() => {
		const known = before.current;
		before.current = rows;
		if (last.current === next) return;
		const hasCome = last.current === undefined && isLate(known, rows, divider);
		last.current = next;
		if (hasCome && isEntryOf(channelId))
			return virtual.scrollToIndex(divider, { align: "start" });
		const mark = virtual.measurementsCache[divider];
		const marked = virtual.measurementsCache[divider + 1];
		const element = virtual.scrollElement;
		if (!mark || !marked || !element) return;
		const where = viewToShow(mark, marked, element);
		// Also where it is in sight already: near the end the view goes along with the head that the
		// marked row gets, and would leave it above.
		if (where === "divider") virtual.scrollToIndex(divider, { align: "auto" });
		if (where === "end") virtual.scrollToEnd();
	}, [channelId, rows, next, divider, virtual]);
}

/** Whether the divider is of the way in, and the reader follows the newest messages. */
function isEntryOf(channelId: Id): boolean {
	const { ui, timelines } = getState();
	const isFollowing = timelines[channelId]?.isFollowing ?? false;
	return ui.entry?.channelId === channelId && !ui.entry.isHeld && isFollowing;
}

/**
 * Whether the divider did not come with older history: it stands below what was there, or above all
 * of it where nothing comes before, since nothing of the channel was ever read.
 */
export function isLate(
	before: readonly ListRow[],
	rows: readonly ListRow[],
	divider: number,
): boolean {
	const first = before.find(isMessage)?.key;
	const place = rows.findIndex(({ key }) => key === first);
	if (divider < 0 || place < 0) return false;
	return place < divider || place === rows.findIndex(isMessage);
}

function isMessage({ kind }: ListRow): boolean {
	return kind === "message";
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
