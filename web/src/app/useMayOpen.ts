import { useEffect, useState } from "react";
import type { Id } from "@/api/types.ts";
import { type State, useStore } from "@/stores/index.ts";

/** A hub that can tell how far a channel was read does so at once, after its channels. */
const PATIENCE_MS = 3000;

/**
 * Whether the channel can be opened. Where reading begins is decided on the way in, and the hub says
 * what was read after the channels of a connection: that is waited for, but not where there is no
 * connection, and not for ever. A channel that has opened stays open.
 */
export function useMayOpen(isHere: boolean, channelId: Id): boolean {
	const isAwaited = useStore(
		(state) => state.reads[channelId] === undefined && isUp(state),
	);
	const [openedId, setOpenedId] = useState<Id>();
	useEffect(() => {
		if (!isHere) return;
		if (!isAwaited) return setOpenedId(channelId);
		const timer = setTimeout(setOpenedId, PATIENCE_MS, channelId);
		return () => clearTimeout(timer);
	}, [isHere, isAwaited, channelId]);
	return isHere && (!isAwaited || openedId === channelId);
}

/** Whether there is a connection, or one is about to come. */
function isUp({ connection: { status } }: State): boolean {
	return status === "connecting" || status === "syncing" || status === "live";
}
