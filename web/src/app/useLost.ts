import { useEffect } from "react";
import type { Id } from "@/api/types.ts";
import { type Catalog, useT } from "@/i18n/index.ts";
import type { Place } from "@/lib/paths.ts";
import {
	forgetGone,
	type Gone,
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
 * A notice when I lose a server or a channel that concerned me, with what I had written there. A lost
 * server's dialogs close; whoever was in it goes on elsewhere (`useHasLost`).
 */
export function useLost(place: Place): void {
	const t = useT();
	const lost = useStore((state) => state.ui.lost);
	const gone = useStore((state) => state.ui.gone);
	const isLive = useConnection().status === "live";
	useEffect(() => {
		if (lost.length === 0 && gone.length === 0) return;
		lostShown();
		for (const { serverId, name, reason } of lost) {
			const left = gone.filter((one) => one.serverId === serverId);
			const words = left.map(takeGone).filter(Boolean).join("\n\n");
			const ids = left.map(({ channelId }) => channelId);
			tell(t, t.servers.lost[reason](name), ids, words);
		}
		if (lost.length > 0 && "serverId" in place) closeAllDialogs();
		const isLeft = ({ serverId }: Gone) =>
			lost.some((one) => one.serverId === serverId);
		for (const one of gone) if (!isLeft(one)) tellDeleted(t, one);
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
