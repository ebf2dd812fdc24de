import { useEffect, useState } from "react";

/** True once `active` has held for `delayMs`; false again at once. Spares the eye from flashes. */
export function useDelayed(active: boolean, delayMs: number): boolean {
	const [late, setLate] = useState(false);
	useEffect(() => {
		if (!active) return;
		const timer = setTimeout(() => setLate(true), delayMs);
		return () => {
			clearTimeout(timer);
			setLate(false);
		};
	}, [active, delayMs]);
	return active && late;
}
