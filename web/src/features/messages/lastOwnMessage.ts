import type { Id } from "@/api/types.ts";
import { getState, selectMe } from "@/stores/index.ts";

/** The message that ArrowUp edits: my newest among those that are loaded. */
export function lastOwnMessage(channelId: Id): Id | undefined {
	const state = getState();
	const timeline = state.timelines[channelId];
	const myId = selectMe(state)?.id;
	return timeline?.ids.findLast((id) => timeline.byId[id]?.author.id === myId);
}
