import { useEffect, useState } from "react";

/**
 * While rows are still being measured the divider is held a third from the top; the virtualiser
 * aims at it again after each measurement.
 */
const ENTERING_MS = 600;

/** Whether the list has only just come. */
export function useEntering(): boolean {
	const [isEntering, setEntering] = useState(true);
	useEffect(() => {
		const timer = setTimeout(() => setEntering(false), ENTERING_MS);
		return () => clearTimeout(timer);
	}, []);
	return isEntering;
}
