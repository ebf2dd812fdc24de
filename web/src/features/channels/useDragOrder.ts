import { type PointerEvent, useRef, useState } from "react";
import type { Channel } from "@/api/types.ts";
import { moveChannel } from "./order.ts";

/** A press that moves less than this is a press, not a drag. */
const SLOP_PX = 6;

/** Lets the owner drag a row to another place. The menu does the same without dragging. */
export function useDragOrder(channel: Channel, isAllowed: boolean) {
	const start = useRef<{ y: number; height: number } | undefined>(undefined);
	const [by, setBy] = useState<number>();

	if (!isAllowed) return { className: "", handlers: {} };

	const onPointerDown = (event: PointerEvent<HTMLElement>) => {
		if (event.button !== 0 || event.pointerType === "touch") return;
		start.current = {
			y: event.clientY,
			height: event.currentTarget.offsetHeight + 1,
		};
		event.currentTarget.setPointerCapture(event.pointerId);
	};
	const onPointerMove = (event: PointerEvent) => {
		if (!start.current) return;
		const distance = event.clientY - start.current.y;
		if (by === undefined && Math.abs(distance) < SLOP_PX) return;
		setBy(Math.round(distance / start.current.height));
	};
	const onPointerUp = () => {
		start.current = undefined;
		if (by) void moveChannel(channel.server_id, channel.id, by);
		// The click that follows a drag must not open the channel: cleared after it.
		if (by !== undefined) setTimeout(() => setBy(undefined));
	};
	return {
		className:
			by === undefined
				? ""
				: "z-10 border border-leaf bg-raised shadow-overlay",
		handlers: {
			onPointerDown,
			onPointerMove,
			onPointerUp,
			onPointerCancel: () => {
				start.current = undefined;
				setBy(undefined);
			},
			onClick: (event: { preventDefault: () => void }) => {
				if (by !== undefined) event.preventDefault();
			},
			style:
				by === undefined
					? undefined
					: { transform: `translateY(${by * 33}px)` },
		},
	};
}
