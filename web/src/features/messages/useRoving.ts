import {
	type KeyboardEvent,
	type RefObject,
	useCallback,
	useLayoutEffect,
	useRef,
	useState,
} from "react";
import { plainKey } from "@/lib/plainKey.ts";
import type { ListRow } from "./listRows.ts";
import type { MessageVirtualizer } from "./useMessageVirtualizer.ts";

const PAGE_ROWS = 10;

/** How many messages a key goes; further than there are is to the last one. */
const STEPS: Record<string, number> = {
	ArrowUp: -1,
	ArrowDown: 1,
	PageUp: -PAGE_ROWS,
	PageDown: PAGE_ROWS,
	Home: Number.NEGATIVE_INFINITY,
	End: Number.POSITIVE_INFINITY,
};

/** One tab stop for all messages; arrows, Page, Home and End walk them. */
export function useRoving(
	rows: readonly ListRow[],
	virtual: MessageVirtualizer,
	scroller: RefObject<HTMLDivElement | null>,
) {
	const [key, setKey] = useState<string>();
	const wantsFocus = useRef(false);
	const hadFocus = useRef(false);
	const lastIndex = useRef(-1);
	const found =
		key === undefined ? -1 : rows.findIndex((row) => row.key === key);
	const isGone = key !== undefined && found < 0 && lastIndex.current >= 0;
	const index = isGone
		? heirOf(rows, lastIndex.current)
		: found >= 0
			? found
			: rows.findLastIndex(isStop);

	// The row that is walked to may have been outside the rendered range until now.
	useLayoutEffect(() => {
		lastIndex.current = found >= 0 ? found : lastIndex.current;
		if (isGone) {
			setKey(rows[index]?.key);
			// Nobody is told when what has the focus is removed: it is simply nowhere.
			wantsFocus.current ||= hadFocus.current && isFocusNowhere();
		}
		if (wantsFocus.current && focusRow(scroller.current, index))
			wantsFocus.current = false;
		hadFocus.current =
			scroller.current?.contains(document.activeElement) ?? false;
	});

	const go = (next: number) => {
		wantsFocus.current = true;
		setKey(rows[next]?.key);
		virtual.scrollToIndex(next, { align: "auto" });
	};

	const onKeyDown = (event: KeyboardEvent) => {
		if (
			!(event.target instanceof HTMLElement) ||
			event.target.tagName !== "ARTICLE"
		)
			return;
		const step = STEPS[plainKey(event)];
		if (step === undefined) return;
		event.preventDefault();
		go(walk(rows, index, step));
	};

	return {
		index,
		/** Somebody went to it; otherwise it is just the last one. */
		isChosen: found >= 0,
		onKeyDown,
		/** The row with this key has the focus, or is what the reader looks at. */
		setActive: useCallback((next: string | undefined) => {
			hadFocus.current = true;
			setKey(next);
		}, []),
	};
}

function isStop(row: ListRow | undefined): boolean {
	return row?.kind === "message" || row?.kind === "pending";
}

/** So many messages on from `from`, or as many as there are. */
function walk(rows: readonly ListRow[], from: number, step: number): number {
	const direction = Math.sign(step);
	let last = from;
	let left = Math.abs(step);
	for (let at = from + direction; left > 0; at += direction) {
		if (at < 0 || at >= rows.length) break;
		if (!isStop(rows[at])) continue;
		last = at;
		left -= 1;
	}
	return last;
}

/** The message that follows one that is gone, or the last one there is. */
function heirOf(rows: readonly ListRow[], place: number): number {
	const next = rows.findIndex((row, at) => at >= place && isStop(row));
	return next >= 0 ? next : rows.findLastIndex(isStop);
}

function focusRow(list: HTMLElement | null, index: number): boolean {
	const row = list?.querySelector<HTMLElement>(
		`[data-index="${index}"] article`,
	);
	row?.focus({ preventScroll: true });
	return row !== undefined && row !== null;
}

function isFocusNowhere(): boolean {
	return (
		document.activeElement === null || document.activeElement === document.body
	);
}
