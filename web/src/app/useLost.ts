import { useEffect } from "react";
import { type Catalog, useT } from "@/i18n/index.ts";
import type { Place } from "@/lib/paths.ts";
import {
	type Gone,
	getState,
	isMyDeletion,
	lostShown,
	takeGone,
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
	useEffect(() => {
		if (!lost && gone.length === 0) return;
		const isLeft = ({ serverId }: Gone) => !getState().servers.byId[serverId];
		const away = gone.filter(isLeft).map(takeGone).filter(Boolean).join("\n\n");
		const deleted = gone.filter((one) => !isLeft(one));
		lostShown();
		if (lost) {
			tell(t, t.servers.lost[lost.reason](lost.name), away);
			if ("serverId" in place) closeAllDialogs();
		} else if (away) tell(t, t.servers.goneMeanwhile, away);
		for (const one of deleted) tellDeleted(t, one);
	}, [lost, gone, t, place]);
}

function tellDeleted(t: Catalog, gone: Gone): void {
	const { channelId, name, wasOpen } = gone;
	const words = takeGone(gone);
	if (words || (wasOpen && !isMyDeletion(channelId)))
		tell(t, t.channels.deleted(name), words);
}

/** Words that nobody has got stay until they are copied or dismissed. */
function tell(t: Catalog, text: string, words: string): void {
	if (!words) return toast(text);
	const run = () =>
		void copyText(words).then((isDone) => {
			if (!isDone) tell(t, text, words);
		});
	toast(text, { action: { label: t.channels.copyWritten, run }, stays: true });
}
