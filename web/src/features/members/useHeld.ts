import { useEffect, useState } from "react";

/** Rows move at most this often (ui.md, members). */
const EVERY_MS = 2000;

/**
 * A value that changes at most once per two seconds, and not at all while `isHeld`: nothing moves
 * under the pointer.
 */
export function useHeld<T>(value: T, isHeld: boolean): T {
	const [shown, setShown] = useState({ value, at: 0 });
	useEffect(() => {
		if (isHeld || Object.is(shown.value, value)) return;
		// The first content, and content after a quiet time, comes at once.
		const wait = Math.max(0, shown.at + EVERY_MS - Date.now());
		const timer = setTimeout(() => setShown({ value, at: Date.now() }), wait);
		return () => clearTimeout(timer);
	}, [value, isHeld, shown]);
	return shown.value;
}
