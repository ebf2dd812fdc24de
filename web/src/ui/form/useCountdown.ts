import { useEffect, useState } from "react";

/** Whole seconds until a wait is over, counted down once a second. */
export function useCountdown() {
	const [seconds, setSeconds] = useState(0);
	const running = seconds > 0;
	useEffect(() => {
		if (!running) return;
		const timer = setInterval(
			() => setSeconds((n) => Math.max(0, n - 1)),
			1000,
		);
		return () => clearInterval(timer);
	}, [running]);
	return {
		seconds,
		start: (ms: number) => setSeconds(Math.ceil(ms / 1000)),
	};
}
