import {
	type PointerEvent,
	type RefObject,
	useEffect,
	useRef,
	useState,
} from "react";
import type { Id } from "@/api/types.ts";
import { moveServer } from "./serverOrder.ts";

/** A press that moves less than this is a press, not a drag. */
const SLOP_PX = 6;
/** Nearer to an edge of the rail than this, it scrolls. */
const EDGE_PX = 32;
const SCROLL_STEP_PX = 10;

type Held = { id: Id; y: number; scroll: number; step: number };

/**
 * Lets the tiles of the rail be dragged into another order. A finger scrolls instead: it has the
 * menu. Esc puts the tile back.
 */
export function useTileDrag(
	order: readonly Id[],
	scroller: RefObject<HTMLElement | null>,
) {
	const held = useRef<Held | undefined>(undefined);
	const [drag, setDrag] = useState<{ id: Id; px: number; step: number }>();
	const from = drag ? order.indexOf(drag.id) : -1;
	const to = drag
		? Math.min(
				Math.max(from + Math.round(drag.px / drag.step), 0),
				order.length - 1,
			)
		: -1;

	const end = () => {
		held.current = undefined;
		// The click that follows a drag must not open the server: cleared after it.
		setTimeout(() => setDrag(undefined));
	};
	const isDragging = drag !== undefined;
	useEffect(() => {
		if (!isDragging) return;
		const onKey = (event: KeyboardEvent) => {
			if (event.key !== "Escape") return;
			event.preventDefault();
			event.stopPropagation();
			held.current = undefined;
			setDrag(undefined);
		};
		window.addEventListener("keydown", onKey, true);
		return () => window.removeEventListener("keydown", onKey, true);
	}, [isDragging]);

	const handlersOf = (id: Id) => ({
		onPointerDown: (event: PointerEvent<HTMLElement>) => {
			if (event.button !== 0 || event.pointerType === "touch") return;
			const row = event.currentTarget.offsetParent;
			const next = row?.nextElementSibling;
			if (!row || !next) return;
			const step =
				next.getBoundingClientRect().top - row.getBoundingClientRect().top;
			const scroll = scroller.current?.scrollTop ?? 0;
			held.current = { id, y: event.clientY, scroll, step };
		},
		onPointerMove: (event: PointerEvent<HTMLElement>) => {
			const start = held.current;
			const list = scroller.current;
			if (!start || !list || start.id !== id) return;
			const px = event.clientY - start.y + (list.scrollTop - start.scroll);
			if (!drag && Math.abs(px) < SLOP_PX) return;
			event.currentTarget.setPointerCapture(event.pointerId);
			scrollNearEdge(list, event.clientY);
			setDrag({ id, px, step: start.step });
		},
		onPointerUp: () => {
			if (drag && held.current) void moveServer(drag.id, to - from);
			end();
		},
		onPointerCancel: end,
		onClick: (event: { preventDefault: () => void }) => {
			if (drag) event.preventDefault();
		},
	});

	/** How far a tile stands from its place while another is dragged past it. */
	const shiftOf = (index: number): number => {
		if (!drag) return 0;
		if (index === from) return drag.px;
		if (index > from && index <= to) return -drag.step;
		return index < from && index >= to ? drag.step : 0;
	};
	return { draggedId: drag?.id, handlersOf, shiftOf };
}

function scrollNearEdge(list: HTMLElement, y: number): void {
	const { top, bottom } = list.getBoundingClientRect();
	if (y < top + EDGE_PX) list.scrollTop -= SCROLL_STEP_PX;
	else if (y > bottom - EDGE_PX) list.scrollTop += SCROLL_STEP_PX;
}
