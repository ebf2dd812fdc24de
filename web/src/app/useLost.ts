import { useEffect } from "react";
import type { Id } from "@/api/types.ts";
import { type Catalog, useT } from "@/i18n/index.ts";
import type { Place } from "@/lib/paths.ts";
import {
	forgetGone,
	type Gone,
	getState,
	isMyDeletion,
	lostShown,
	takeGone,
	takeOrphans,
	useConnection,
	useStore,
} from "@/stores/index.ts";
import { copyText } from "@/ui/copyText.ts";
import { closeAllDialogs } from "@/ui/dialogs.tsx";
import { toast } from "@/ui/toasts.ts";

/**
 * One notice when I lose a server or a channel that concerned me, with what I had written there. A
 * lost server's dialogs close, and the neutral page takes its place.
 */
export function useLost(place: Place): void {
	const t = useT();
	const lost = useStore((state) => state.ui.lost);
	const gone = useStore((state) => state.ui.gone);
	const isLive = useConnection().status === "live";
	useEffect(() => {
		if (!lost && gone.length === 0) return;
		const isLeft = ({ serverId }: Gone) => !getState().servers.byId[serverId];
		const left = gone.filter(isLeft);
		const away = left.map(takeGone).filter(Boolean).join("\n\n");
		const ids = left.map(({ channelId }) => channelId);
		const deleted = gone.filter((one) => !isLeft(one));
		lostShown();
		if (lost) {
			tell(t, t.servers.lost[lost.reason](lost.name), ids, away);
			if ("serverId" in place) closeAllDialogs();
		} else if (away) tell(t, t.servers.goneMeanwhile, ids, away);
		for (const one of deleted) tellDeleted(t, one);
	}, [lost, gone, t, place]);
	// Whatever was before the reader when the page went.
	useEffect(() => {
		if (!isLive) return;
		const { channelIds, words } = takeOrphans();
		if (words) tell(t, t.servers.goneMeanwhile, channelIds, words);
	}, [isLive, t]);
}

function tellDeleted(t: Catalog, gone: Gone): void {
	const { channelId, name, wasOpen } = gone;
	const words = takeGone(gone);
	if (words || (wasOpen && !isMyDeletion(channelId)))
		tell(t, t.channels.deleted(name), [channelId], words);
}

/** Words that nobody has got stay until they are copied or dismissed. */
function tell(
	t: Catalog,
	text: string,
	channelIds: readonly Id[],
	words: string,
): void {
	if (!words) return toast(text);
	const onDismiss = () => forgetGone(channelIds);
	const run = () =>
		void copyText(words).then((isDone) => {
			if (isDone) onDismiss();
			else tell(t, text, channelIds, words);
		});
	const action = { label: t.channels.copyWritten, run };
	toast(text, { action, stays: true, onDismiss });
}
