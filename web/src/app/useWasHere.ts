import { useEffect } from "react";
import { noteInStep, useLocation } from "@/lib/router.tsx";
import { selectMe, useStore } from "@/stores/index.ts";

const NOTE = "wasHere";

/**
 * Whether what the address names is not here, but was when this account was last at this step of its
 * history: who goes back to it has followed no link to what is not for them.
 */
export function useWasHere(isHere: boolean): boolean {
	const location = useLocation();
	const myId = useStore((state) => selectMe(state)?.id ?? null);
	useEffect(() => {
		if (isHere && myId) noteInStep(location, NOTE, myId);
	}, [location, isHere, myId]);
	return !isHere && myId !== null && noteOf(location.state) === myId;
}

function noteOf(state: unknown): unknown {
	return typeof state === "object" && state !== null && NOTE in state
		? state[NOTE]
		: undefined;
}
