import { useEffect } from "react";
import { listen } from "@/lib/listen.ts";

/** As long as the systems that have the gesture wait. */
const HOLD_MS = 500;
/** A finger that moves farther scrolls. */
const SLOP_PX = 10;

/**
 * Some systems (iOS) tell pages nothing of a long press: it becomes a `contextmenu` event here, so
 * that every list has its menu by one handler. Where the system tells, its own event counts.
 */
export function useLongPress(): void {
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let from = { x: 0, y: 0 };
		let isOpened = false;
		const stop = () => {
			clearTimeout(timer);
			timer = undefined;
		};
		const onDown = (event: PointerEvent) => {
			stop();
			isOpened = false;
			if (event.pointerType !== "touch" || !event.isPrimary) return;
			const { clientX, clientY, target } = event;
			from = { x: clientX, y: clientY };
			timer = setTimeout(() => {
				timer = undefined;
				isOpened = !target?.dispatchEvent(
					new MouseEvent("contextmenu", {
						bubbles: true,
						cancelable: true,
						clientX,
						clientY,
					}),
				);
			}, HOLD_MS);
		};
		const onMove = ({ clientX, clientY }: PointerEvent) => {
			if (Math.hypot(clientX - from.x, clientY - from.y) > SLOP_PX) stop();
		};
		const onMenu = (event: MouseEvent) => {
			if (!event.isTrusted) return;
			stop();
			// The same press has opened the menu already.
			if (isOpened) swallow(event);
		};
		// Lifting the finger presses what lies under it: not after a menu came.
		const onClick = (event: MouseEvent) => {
			if (isOpened && event.isTrusted) swallow(event);
			isOpened = false;
		};
		const listeners = {
			pointerdown: onDown,
			pointermove: onMove,
			pointerup: stop,
			pointercancel: stop,
			contextmenu: onMenu,
			click: onClick,
		};
		const unlisten = listen(window, listeners, { capture: true });
		return () => {
			stop();
			unlisten();
		};
	}, []);
}

function swallow(event: Event): void {
	event.preventDefault();
	event.stopPropagation();
}
