import { useEffect, useReducer, useRef } from "react";

/**
 * Whole seconds until the wait `of` something is over, looked at once a second. Waits of several
 * things run beside one another: a name that has to wait holds up no other name.
 */
export function useCountdown(of = "") {
	const ends = useRef(new Map<string, number>());
	const [, look] = useReducer((n: number) => n + 1, 0);
	const left = (ends.current.get(of) ?? 0) - Date.now();
	const seconds = Math.max(0, Math.ceil(left / 1000));
	const running = seconds > 0;
	useEffect(() => {
		if (!running) return;
		const timer = setInterval(look, 1000);
		return () => clearInterval(timer);
	}, [running]);
	return {
		seconds,
		start: (ms: number) => {
			ends.current.set(of, Date.now() + ms);
			look();
		},
	};
}
