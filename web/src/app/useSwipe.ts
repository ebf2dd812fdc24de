import { useEffect, useRef } from "react";
import { listen } from "@/lib/listen.ts";
import { isCalm } from "@/ui/looks.ts";
import {
	isFar,
	isTaken,
	mayBegin,
	type Point,
	type Way,
	wayOf,
} from "./swipe.ts";

/** The pane follows the finger by a part of its way, so that one feels it gives. */
const FOLLOW = 0.35;
const FOLLOW_MAX_PX = 48;

type Acts = Partial<Record<Way, () => void>>;

/**
 * Lets a finger go between the panes of a phone. Never the only way: each step has its button. An
 * open dialog rests it, except a sheet that `sheetOf` names as the pane on top.
 */
export function useSwipe(
	isOn: boolean,
	acts: Acts,
	sheetOf?: (dialog: Element) => boolean,
): void {
	const latest = useRef({ acts, sheetOf });
	latest.current = { acts, sheetOf };
	useEffect(() => {
		if (!isOn) return;
		let begun: { at: Point; pane: HTMLElement } | undefined;
		const isRtl = () => document.documentElement.dir === "rtl";
		const settle = (pane: HTMLElement) => {
			pane.style.transition = "transform var(--time-base) var(--ease-out)";
			pane.style.transform = "";
		};
		const onStart = (event: TouchEvent) => {
			begun = undefined;
			const [touch, second] = event.touches;
			if (!touch || second) return;
			const at = { x: touch.clientX, y: touch.clientY };
			const pane = paneOf(event.target, latest.current.sheetOf);
			if (pane && mayBegin(at, window.innerWidth) && !isTaken(event.target))
				begun = { at, pane };
		};
		const onMove = (event: TouchEvent) => {
			const [touch, second] = event.touches;
			if (!begun || !touch) return;
			const { at, pane } = begun;
			if (second) return onCancel();
			const to = { x: touch.clientX, y: touch.clientY };
			const way = wayOf(at, to, isRtl());
			if (!way || !latest.current.acts[way] || isCalm()) return;
			const px = Math.max(
				-FOLLOW_MAX_PX,
				Math.min(FOLLOW_MAX_PX, (to.x - at.x) * FOLLOW),
			);
			pane.style.transition = "none";
			pane.style.transform = `translateX(${px}px)`;
		};
		const onEnd = (event: TouchEvent) => {
			const [touch] = event.changedTouches;
			if (!begun || !touch) return;
			const { at, pane } = begun;
			begun = undefined;
			settle(pane);
			const to = { x: touch.clientX, y: touch.clientY };
			const way = wayOf(at, to, isRtl());
			if (way && isFar(at, to)) latest.current.acts[way]?.();
		};
		const onCancel = () => {
			if (begun) settle(begun.pane);
			begun = undefined;
		};
		const listeners = {
			touchstart: onStart,
			touchmove: onMove,
			touchend: onEnd,
			touchcancel: onCancel,
		};
		const unlisten = listen(document, listeners, { passive: true });
		return () => {
			onCancel();
			unlisten();
		};
	}, [isOn]);
}

/** What would move: the sheet on top, or the page when no dialog is open. */
function paneOf(
	target: EventTarget | null,
	sheetOf: ((dialog: Element) => boolean) | undefined,
): HTMLElement | null {
	const dialog = document.querySelector<HTMLElement>("[role=dialog]");
	if (!dialog) return document.getElementById("main");
	const isOnIt = target instanceof Node && dialog.contains(target);
	return isOnIt && sheetOf?.(dialog) ? dialog : null;
}
