import {
	useCallback,
	useEffect,
	useLayoutEffect,
	useRef,
	useState,
} from "react";
import type { Id } from "@/api/types.ts";
import { type Place, recallPlace, rememberPlace } from "./chatUi.ts";
import { entryOf } from "./entry.ts";
import { cameAboveLast, isCutOff, type ListRow } from "./listRows.ts";
import { END_PX, type MessageVirtualizer } from "./useMessageVirtualizer.ts";

/** Where the reader left the channel in this session; the same for as long as the list is there. */
export function useRecalledPlace(channelId: Id): Place | undefined {
	return useState(() => recallPlace(channelId))[0];
}

/**
 * Begins where the reader left, else at the unread divider, else at the end; keeps an eye on where
 * the view is, and remembers it on the way out.
 */
export function usePlace(
	channelId: Id,
	rows: readonly ListRow[],
	virtual: MessageVirtualizer,
	place: Place | undefined,
) {
	const settled = useRef(false);
	const last = useRef<Omit<Place, "measured">>(undefined);
	const seenHeight = useRef(0);

	useLayoutEffect(() => {
		if (settled.current || !rows.some(({ kind }) => kind !== "newer")) return;
		settled.current = true;
		enter(rows, virtual, place);
	});

	// The virtualiser follows when there is another last row, unless that stands for newer ones.
	const before = useRef(rows);
	useLayoutEffect(() => {
		const isNew =
			cameAboveLast(before.current, rows) ||
			(isCutOff(rows) && !isCutOff(before.current));
		if (last.current?.atEnd && isNew) virtual.scrollToEnd();
		before.current = rows;
	}, [rows, virtual]);

	// On the way out the element is gone already: the place was noted at the last scroll.
	useEffect(() => {
		return () => {
			if (last.current)
				rememberPlace(channelId, {
					...last.current,
					measured: virtual.measurementsCache,
				});
			settled.current = false;
		};
	}, [virtual, channelId]);

	/** Where the view is now; undefined until it has been put somewhere. */
	const look = useCallback(() => {
		const element = virtual.scrollElement;
		if (!settled.current || !element) return undefined;
		// The composer grows, a soft keyboard opens: who reads along goes on reading along. First of
		// all, or what the change of height took out of sight would count as scrolled away from.
		if (last.current?.atEnd && element.clientHeight !== seenHeight.current)
			virtual.scrollToEnd();
		seenHeight.current = element.clientHeight;
		// The element itself: the virtualiser hears of what it has just written only later, and a
		// view that follows many messages at once would seem to have been left behind.
		const { scrollTop: top, clientHeight: height, scrollHeight } = element;
		const below = Math.max(0, scrollHeight - height - top);
		const first = virtual.getVirtualItemForOffset(top);
		if (first)
			last.current = {
				atEnd: below <= END_PX,
				key: String(first.key),
				below: top - first.start,
			};
		return { above: top, below, height };
	}, [virtual]);
	return look;
}

function enter(
	rows: readonly ListRow[],
	virtual: MessageVirtualizer,
	place: Place | undefined,
): void {
	const entry = entryOf(rows, place);
	if (entry.at === "end") return virtual.scrollToEnd();
	if (entry.at === "divider")
		return virtual.scrollToIndex(entry.index, { align: "start" });
	const start = virtual.getOffsetForIndex(entry.index, "start")?.[0] ?? 0;
	virtual.scrollToOffset(start + entry.below);
}
