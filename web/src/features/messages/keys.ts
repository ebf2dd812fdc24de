import type { KeyboardEvent } from "react";

/**
 * Whether a key belongs to an input method that is still composing. Safari ends the composition
 * before the key event and tells it only by the code 229.
 */
export function isComposing(event: KeyboardEvent): boolean {
	return event.nativeEvent.isComposing || event.keyCode === 229;
}
