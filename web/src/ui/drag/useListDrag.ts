import {
	type PointerEvent,
	type RefObject,
	useCallback,
	useEffect,
	useRef,
	useState,
} from "react";
import { type Drag, type Grip, grip } from "./grip.ts";
import { type Lane, placeAt, shiftOf, within } from "./lane.ts";

type Parts = {
	/** What is shown, in order; it may change while something is held. */
	ids: readonly string[];
	/** Its rows are of one height and carry `data-drag`. */
	list: RefObject<HTMLElement | null>;
	/** What scrolls: the list itself, or what it stands in. */
	scroller?: (list: HTMLElement) => HTMLElement | null;
	onDrop: (id: string, by: number) => void;
	/** Whether the reader may change the order. */
	isOn?: boolean;
};

/** Begins what may become a drag; stays the same function. */
export type Take = (id: string, event: PointerEvent<HTMLElement>) => void;

/**
 * Lets the rows of a list be drawn into another order: with the mouse or a pen at once, with a
 * finger that rests on a row before it goes. Others make way, the list scrolls at its edges, Esc
 * puts the row back. The keyboard has its own way (`moveByKey`).
 */
export function useListDrag({
	ids,
	list,
	scroller,
	onDrop,
	isOn = true,
}: Parts) {
	const [drag, setDrag] = useState<Drag & { id: string }>();
	const held = useRef<Grip | null>(null);
	const from = drag ? ids.indexOf(drag.id) : -1;
	const lane: Lane | undefined = drag && { ...drag.lane, count: ids.length };
	const top = drag && lane ? within(lane, drag.top) : 0;
	const to = lane && from >= 0 ? placeAt(lane, top) : -1;
	const latest = useRef({ ids, onDrop, scroller });
	latest.current = { ids, onDrop, scroller };

	const isGone = drag !== undefined && from < 0;
	useEffect(() => {
		if (!isGone) return;
		held.current?.release();
		held.current = null;
		setDrag(undefined);
	}, [isGone]);
	useEffect(() => () => held.current?.release(), []);
	useFinger(list, held, isOn && ids.length > 1);

	const take: Take = useCallback(
		(id, event) => {
			if (event.button !== 0 || !event.isPrimary || event.ctrlKey) return;
			const row = event.currentTarget.closest<HTMLElement>("[data-drag]");
			const frame = list.current;
			if (!row || !frame) return;
			held.current?.release();
			held.current = grip(event.nativeEvent, {
				list: frame,
				scroller: latest.current.scroller?.(frame) ?? frame,
				row,
				onMove: (next) => setDrag(next && { ...next, id }),
				// What is shown may be behind the pointer: where it was let go of is what counts.
				onDrop: ({ lane, top }) => {
					const { ids, onDrop } = latest.current;
					const from = ids.indexOf(id);
					const to = placeAt({ ...lane, count: ids.length }, top);
					if (from >= 0 && to !== from) onDrop(id, to - from);
				},
				onEnd: () => {
					held.current = null;
					setDrag(undefined);
				},
			});
		},
		[list],
	);

	/** How far the row at `index` stands from its place, in pixels. */
	const shift = (index: number): number => {
		if (!lane || from < 0) return 0;
		if (index === from) return top - (lane.base + from * lane.step);
		return shiftOf(index, from, to) * lane.step;
	};
	return {
		take,
		shiftOf: shift,
		heldId: from < 0 ? undefined : drag?.id,
		/** Where the row would fall, in pixels from the start of the list. */
		slotTop: lane && from >= 0 ? lane.base + to * lane.step : undefined,
	};
}

/** While a finger holds a row, the list does not scroll under it and no pane goes with it. */
function useFinger(
	list: RefObject<HTMLElement | null>,
	held: RefObject<Grip | null>,
	isOn: boolean,
): void {
	useEffect(() => {
		const frame = list.current;
		if (!frame || !isOn) return;
		const onTouch = (event: TouchEvent) => {
			if (!held.current?.isLifted()) return;
			if (event.cancelable) event.preventDefault();
			event.stopPropagation();
		};
		frame.addEventListener("touchmove", onTouch, { passive: false });
		return () => frame.removeEventListener("touchmove", onTouch);
	}, [list, held, isOn]);
}
