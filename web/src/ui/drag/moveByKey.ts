import type { KeyboardEvent } from "react";
import { flushSync } from "react-dom";

const MOVES: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** What a screen reader is told of it. */
export const MOVE_KEYS = "Alt+Shift+ArrowUp Alt+Shift+ArrowDown";

/** Alt+Shift+arrow moves the row that has the focus, which stays on it. */
export function moveByKey(
	event: KeyboardEvent<HTMLElement>,
	move: (by: number) => void,
): void {
	const by = MOVES[event.key];
	if (by === undefined || !event.altKey || !event.shiftKey) return;
	if (event.ctrlKey || event.metaKey) return;
	event.preventDefault();
	const row = event.currentTarget;
	// A moved element loses the focus: it must stand in its new place before it gets it back.
	flushSync(() => move(by));
	row.focus();
	row.scrollIntoView({ block: "nearest" });
}
