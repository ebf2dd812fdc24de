import { useEffect } from "react";
import type { Id, Message } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { isNewer } from "@/lib/ids.ts";
import { getState } from "@/stores/index.ts";
import { copyText } from "@/ui/copyText.ts";
import { toast } from "@/ui/toasts.ts";
import { forgetEdit, recallEdit } from "./chatUi.ts";

/** Offers what was typed into a message that is deleted while it is being changed. */
export function useLostEdit({ id, channel_id, content }: Message): void {
	useEffect(
		() => () => {
			const text = recallEdit(id);
			if (text?.trim() && text !== content && isDeleted(channel_id, id))
				offer(id, text);
		},
		[id, channel_id, content],
	);
}

/** Not merely out of the part of the history that is loaded. */
function isDeleted(channelId: Id, id: Id): boolean {
	const timeline = getState().timelines[channelId];
	if (!timeline) return true;
	if (timeline.byId[id]) return false;
	const [first, last] = [timeline.ids[0], timeline.ids.at(-1)];
	const isAbove = timeline.hasOlder && first && isNewer(first, id);
	const isBelow = timeline.hasNewer && last && isNewer(id, last);
	return !isAbove && !isBelow;
}

/** Until it is copied or dismissed. */
function offer(id: Id, text: string): void {
	const onDismiss = () => forgetEdit(id);
	const run = () =>
		void copyText(text).then((isDone) =>
			isDone ? onDismiss() : offer(id, text),
		);
	const action = { label: t().channels.copyWritten, run };
	toast(t().chat.editedGone, { action, stays: true, onDismiss });
}
