import { useEffect, useRef } from "react";
import type { Id } from "@/api/types.ts";

/**
 * Whether the reader was in the server, and has lost it since: they go on elsewhere. A link to what
 * is not there leads to nothing.
 */
export function useHasLost(serverId: Id | null, isHere: boolean): boolean {
	const wasHere = useRef<Id>(undefined);
	useEffect(() => {
		if (isHere && serverId) wasHere.current = serverId;
	}, [isHere, serverId]);
	return !isHere && serverId !== null && wasHere.current === serverId;
}
