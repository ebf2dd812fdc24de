import type { Virtualizer } from "@tanstack/react-virtual";
import {
	type KeyboardEvent,
	type RefObject,
	useCallback,
	useLayoutEffect,
	useRef,
	useState,
} from "react";
import type { ListRow } from "./listRows.ts";

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

function isStop(row: ListRow | undefined): boolean {
	return row?.kind === "message" || row?.kind === "pending";
}

/** One tab stop for all messages; arrows, Page, Home and End walk them. */
export function useRoving(
	rows: readonly ListRow[],
	virtual: Virtualizer<HTMLDivElement, Element>,
	scroller: RefObject<HTMLDivElement | null>,
) {
	const [key, setKey] = useState<string>();
	const wantsFocus = useRef(false);
	const found =
		key === undefined ? -1 : rows.findIndex((row) => row.key === key);
	const index = found >= 0 ? found : rows.findLastIndex(isStop);

	// The row may have been outside the rendered range until now.
	useLayoutEffect(() => {
		if (!wantsFocus.current) return;
		const row = scroller.current?.querySelector<HTMLElement>(
			`[data-index="${index}"] article`,
		);
		if (!row) return;
		wantsFocus.current = false;
		row.focus({ preventScroll: true });
	});

	const move = (from: number, step: number) => {
		let next = from;
		for (let left = Math.abs(step); left > 0; left--) {
			let candidate = next + Math.sign(step);
			while (
				candidate >= 0 &&
				candidate < rows.length &&
				!isStop(rows[candidate])
			)
				candidate += Math.sign(step);
			if (!isStop(rows[candidate])) break;
			next = candidate;
		}
		go(next);
	};

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
		const step = STEPS[event.key];
		if (step === undefined || event.altKey || event.ctrlKey || event.metaKey)
			return;
		event.preventDefault();
		move(index, step);
	};

	return {
		index,
		setActive: useCallback((next: string | undefined) => setKey(next), []),
		onKeyDown,
	};
}
