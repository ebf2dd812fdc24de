/**
 * Tells what says that the hub cannot be reached that it can be again. Knows no connection: whoever
 * has one calls `hubReached`.
 */
import { useLayoutEffect, useRef, useState } from "react";

const listeners = new Set<() => void>();

export function hubReached(): void {
	for (const listener of listeners) listener();
}

/** Whether an error says that the hub cannot be reached, be it by what stands before it. */
export function isOutOfReach(error: unknown): boolean {
	const code = codeOf(error);
	return code === "network" || code === "gateway";
}

/** Whether nothing came back, so that nobody here knows whether the hub has done it. */
export function isUnanswered(error: unknown): boolean {
	return isOutOfReach(error) || codeOf(error) === "timeout";
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : undefined;
}

/** An error that is shown; that the hub cannot be reached is said until it can. */
export function useFault() {
	const [fault, setFault] = useState<unknown>();
	useWhenReached(() => {
		if (isOutOfReach(fault)) setFault(undefined);
	});
	return [fault, setFault] as const;
}

/**
 * Calls `then`, as it is at the time, whenever the hub can be reached again. Before there is a
 * connection, that the device has a network again is the sign of it.
 */
export function useWhenReached(then: () => void): void {
	const latest = useRef(then);
	// With what is shown, so that nothing comes between the two.
	useLayoutEffect(() => {
		latest.current = then;
	});
	useLayoutEffect(() => {
		const listener = () => latest.current();
		listeners.add(listener);
		window.addEventListener("online", listener);
		return () => {
			listeners.delete(listener);
			window.removeEventListener("online", listener);
		};
	}, []);
}
