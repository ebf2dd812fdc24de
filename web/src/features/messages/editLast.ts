import type { Id } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { getState, jumpToPresent, selectMe } from "@/stores/index.ts";
import { attempt } from "@/ui/tellFault.ts";
import { toast } from "@/ui/toasts.ts";
import { startEditing } from "./chatUi.ts";

/** What ArrowUp does: my newest message is changed, wherever the list stands. */
export async function editLast(channelId: Id): Promise<void> {
	const isAsked = whileAsked();
	// What is loaded ends before the present: something newer of mine may follow.
	if (getState().timelines[channelId]?.hasNewer) {
		const jumped = jumpToPresent(channelId).catch((error: unknown) => {
			if (isAsked()) throw error;
			return false;
		});
		const { newest } = t().notDone;
		if (!(await attempt(["newest", channelId], newest, jumped))) return;
	}
	// Whoever has begun to write, or has gone elsewhere, while it was loaded goes on with that.
	if (!isAsked()) return;
	const last = lastOwnMessage(channelId);
	if (last !== undefined) return startEditing(last);
	if (getState().timelines[channelId]?.hasOlder) toast(t().chat.noneIsMine);
}

/** Whether the reader is still in the field, empty as it was, in which they asked for it. */
function whileAsked(): () => boolean {
	const field = document.activeElement;
	const { openChannelId } = getState().ui;
	return () =>
		document.activeElement === field &&
		!(field instanceof HTMLTextAreaElement && field.value !== "") &&
		getState().ui.openChannelId === openChannelId;
}

/** My newest message among those that are loaded. */
function lastOwnMessage(channelId: Id): Id | undefined {
	const state = getState();
	const timeline = state.timelines[channelId];
	const myId = selectMe(state)?.id;
	return timeline?.ids.findLast((id) => timeline.byId[id]?.author.id === myId);
}
