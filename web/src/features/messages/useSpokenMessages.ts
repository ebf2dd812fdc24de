import { useEffect, useRef } from "react";
import type { Id } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { getState, selectAuthor, selectMe, store } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { useLooks } from "@/ui/looks.ts";
import { createSpeaker } from "./speaker.ts";

/** Reads new messages out while the reader is at the end of the open channel; never history. */
export function useSpokenMessages(channelId: Id, atEnd: boolean): void {
	const mode = useLooks((looks) => looks.announce);
	const speaks = useRef(false);
	speaks.current = atEnd && mode === "all";
	useEffect(() => {
		const speaker = createSpeaker({
			say: announce,
			one: (author, text) => t().chat.said(author, text),
			many: (count) => t().chat.newMessages(count),
			hidden: () => t().chat.hiddenText,
		});
		let known = getState().timelines[channelId]?.ids.at(-1);
		const stop = store.subscribe((state, before) => {
			const timeline = state.timelines[channelId];
			if (timeline === before.timelines[channelId] || !timeline) return;
			const from = known === undefined ? -1 : timeline.ids.indexOf(known);
			const fresh = from < 0 ? [] : timeline.ids.slice(from + 1);
			known = timeline.hasNewer ? undefined : timeline.ids.at(-1);
			if (!speaks.current) return;
			const me = selectMe(state)?.id;
			for (const id of fresh) {
				const message = timeline.byId[id];
				if (message && message.author.id !== me)
					speaker.add(
						selectAuthor(state, message).display_name,
						message.content,
					);
			}
		});
		return () => {
			stop();
			speaker.stop();
		};
	}, [channelId]);
}
