/**
 * Tells what says that the hub cannot be reached that it can be again. Knows no connection: whoever
 * has one calls `hubReached`.
 */
import { useEffect, useRef } from "react";

const listeners = new Set<() => void>();

export function hubReached(): void {
	for (const listener of listeners) listener();
}

/** Whether an error says that the hub cannot be reached. */
export function isOutOfReach(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "network";
}

/** Calls `then`, as it is at the time, whenever the hub can be reached again. */
export function useWhenReached(then: () => void): void {
	const latest = useRef(then);
	useEffect(() => {
		latest.current = then;
	});
	useEffect(() => {
		const listener = () => latest.current();
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
		};
	}, []);
}
