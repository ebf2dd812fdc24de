import type { KeyboardEvent } from "react";
import { flushSync } from "react-dom";

const MOVES: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** What a screen reader is told of it: one's own order, and one that is everybody's. */
export const MOVE_KEYS = "Alt+Shift+ArrowUp Alt+Shift+ArrowDown";
export const MOVE_FOR_ALL_KEYS =
	"Control+Shift+ArrowUp Control+Shift+ArrowDown";

/** Alt+Shift+arrow moves the row that has the focus, which stays on it. */
export function moveByKey(
	event: KeyboardEvent<HTMLElement>,
	move: (by: number) => void,
): void {
	if (event.altKey && !event.ctrlKey) moveFocused(event, move);
}

/**
 * Ctrl+Shift+arrow does so where the order is everybody's: with Alt the same arrows lead to the next
 * unread channel, and nobody may change a server who only wants to look around.
 */
export function moveForAllByKey(
	event: KeyboardEvent<HTMLElement>,
	move: (by: number) => void,
): void {
	if (event.ctrlKey && !event.altKey) moveFocused(event, move);
}

function moveFocused(
	event: KeyboardEvent<HTMLElement>,
	move: (by: number) => void,
): void {
	const by = MOVES[event.key];
	if (by === undefined || !event.shiftKey || event.metaKey) return;
	event.preventDefault();
	const row = event.currentTarget;
	// A moved element loses the focus: it must stand in its new place before it gets it back.
	flushSync(() => move(by));
	row.focus();
	row.scrollIntoView({ block: "nearest" });
}
