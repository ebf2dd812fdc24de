/**
 * Keys that are on their way to a place that has gone. Whoever was writing there goes on for a moment,
 * and what they type is for nobody else: nothing takes the keys until they do something themselves.
 */
import { type RefObject, useEffect } from "react";
import { onForget } from "@/lib/forget.ts";

let hold: AbortController | undefined;
onForget(releaseKeys);

/** The reader has lost their place without asking for it. */
export function holdKeys(): void {
	releaseKeys();
	hold = new AbortController();
	const options = { capture: true, signal: hold.signal };
	window.addEventListener("pointerdown", releaseKeys, options);
	window.addEventListener("click", releaseKeys, options);
	window.addEventListener("focusin", releaseInField, options);
}

/** The reader has gone somewhere themselves. */
export function releaseKeys(): void {
	hold?.abort();
	hold = undefined;
}

/** While this is so, no field takes the focus by itself. */
export function areKeysHeld(): boolean {
	return hold !== undefined;
}

function releaseInField({ target }: FocusEvent): void {
	if (target instanceof Element && target.matches("input, textarea"))
		releaseKeys();
}

/** Where the reader was led without asking: it has the focus, so that they hear of it. */
export function useLanding(place: RefObject<HTMLElement | null>): void {
	useEffect(() => {
		if (areKeysHeld()) place.current?.focus({ preventScroll: true });
	}, [place]);
}
