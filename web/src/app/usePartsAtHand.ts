import { useEffect, useRef } from "react";
import { loadSignOutDialog } from "@/features/me/askToSignOut.tsx";
import { useWhenReached } from "@/ui/reached.ts";
import { loadSwitcher } from "./openSwitcher.tsx";

/** By then what the first screen needs is on its way. */
const QUIET_AFTER_MS = 1000;

const PARTS = [loadSwitcher, loadSignOutDialog];

/** Brings the code beforehand of what opens at once, and while the hub is out of reach as well. */
export function usePartsAtHand(): void {
	const isQuiet = useRef(false);
	useEffect(() => {
		const timer = setTimeout(() => {
			isQuiet.current = true;
			bring();
		}, QUIET_AFTER_MS);
		return () => clearTimeout(timer);
	}, []);
	useWhenReached(() => {
		if (isQuiet.current) bring();
	});
}

/** What does not come is asked for again. */
function bring(): void {
	for (const load of PARTS) load().catch(() => {});
}
