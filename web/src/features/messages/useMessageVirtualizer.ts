import {
	defaultRangeExtractor,
	type Range,
	useVirtualizer,
	type VirtualItem,
	type Virtualizer,
} from "@tanstack/react-virtual";
import {
	type RefObject,
	useCallback,
	useEffect,
	useLayoutEffect,
	useRef,
} from "react";
import type { Id } from "@/api/types.ts";
import type { Place } from "./chatUi.ts";
import { entryOf } from "./entry.ts";
import { guessHeight, SKELETON_PX } from "./heights.ts";
import { keepAim } from "./keepAim.ts";
import type { ListRow } from "./listRows.ts";
import { useEntering } from "./useEntering.ts";

export type MessageVirtualizer = Virtualizer<HTMLDivElement, Element>;

/** This near to the end counts as reading along. */
export const END_PX = 48;

/**
 * The pane as the last list saw it. The next one takes its place: with this its first rendering
 * has the right rows, instead of none and then those of the top.
 */
let lastRect = { width: 0, height: 0 };

type Options = {
	channelId: Id;
	rows: readonly ListRow[];
	hasOlder: boolean;
	scroller: RefObject<HTMLDivElement | null>;
	place: Place | undefined;
	/** The index of the row that must be rendered wherever the view is: it may have the focus. */
	kept: RefObject<number>;
};

/**
 * The virtualiser of a message list, anchored at its end: no bottom padding, dividers are rows,
 * keys are steady. It tells by the first row whether history came, and by the last one whether to
 * follow, so neither may be a row that stands there for good; what stands for older messages is
 * padding.
 */
export function useMessageVirtualizer(options: Options): MessageVirtualizer {
	const { channelId, rows, hasOlder, scroller, place, kept } = options;
	const isEntering = useEntering();
	const isAtPresent = rows.at(-1)?.kind !== "newer";
	const wasAtPresent = useRef(isAtPresent);
	useEffect(() => {
		wasAtPresent.current = isAtPresent;
	}, [isAtPresent]);
	const rangeExtractor = useCallback(
		(range: Range) => {
			const indexes = defaultRangeExtractor(range);
			const index = kept.current;
			if (index < 0 || index >= range.count || indexes.includes(index))
				return indexes;
			return [...indexes, index].sort((a, b) => a - b);
		},
		[kept],
	);
	// Every rendering lays all rows out anew, unseen ones by their guesses: a guess that changed
	// meanwhile would move what is seen.
	const guessedWidth = useRef(0);
	guessedWidth.current ||= lastRect.width;
	const made = useRef<MessageVirtualizer>(undefined);
	const virtual: MessageVirtualizer = useVirtualizer({
		count: rows.length,
		getScrollElement: () => scroller.current,
		estimateSize: (index) =>
			guessHeight(channelId, rows[index], guessedWidth.current),
		getItemKey: (index) => rows[index]?.key ?? index,
		initialMeasurementsCache: place?.measured ?? [],
		initialRect: lastRect,
		initialOffset: () =>
			made.current ? firstOffset(made.current, rows, place) : 0,
		overscan: 8,
		paddingStart: hasOlder ? SKELETON_PX : 0,
		anchorTo: "end",
		// The last page of newer messages is no news: reading goes on where it is.
		followOnAppend: isAtPresent && wasAtPresent.current,
		scrollEndThreshold: END_PX,
		scrollPaddingStart: isEntering && !place ? window.innerHeight / 3 : 0,
		rangeExtractor,
	});
	made.current = virtual;
	// Before whatever else moves the view for these rows: it already aims at one of them.
	const before = useRef(rows);
	useLayoutEffect(() => {
		if (before.current !== rows) keepAim(virtual, before.current, rows);
		before.current = rows;
	}, [rows, virtual]);
	useEffect(() => {
		lastRect = virtual.scrollRect ?? lastRect;
	});
	virtual.shouldAdjustScrollPositionOnItemSizeChange = isAboveTheView;
	return virtual;
}

/** Where the first rendering stands, as far as the sizes are known; `usePlace` makes it exact. */
function firstOffset(
	virtual: MessageVirtualizer,
	rows: readonly ListRow[],
	place: Place | undefined,
): number {
	const total = virtual.getTotalSize();
	const entry = entryOf(rows, place);
	if (entry.at === "end") return Math.max(0, total - lastRect.height);
	const start = virtual.measurementsCache[entry.index]?.start ?? 0;
	const below =
		entry.at === "place" ? entry.below : -virtual.options.scrollPaddingStart;
	return Math.max(0, start + below);
}

/**
 * Whether the view is to go along with a row that changes its height. What is below the row stays
 * where it is, in whichever direction one scrolls; only when a row that is known fills the view to
 * the bottom and beyond does its beginning stay.
 */
function isAboveTheView(
	item: VirtualItem,
	_delta: number,
	virtual: MessageVirtualizer,
): boolean {
	const top = virtual.scrollOffset ?? 0;
	if (item.start >= top) return false;
	const bottom = top + (virtual.scrollRect?.height ?? 0);
	return item.end <= bottom || !virtual.itemSizeCache.has(item.key);
}
