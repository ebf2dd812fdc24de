import { useEffect, useRef } from "react";
import { useChatUi } from "@/features/messages/chatUi.ts";
import { type Catalog, formats, getLocale, useT } from "@/i18n/index.ts";
import { placeOfDraft } from "@/lib/draftKey.ts";
import { onForget } from "@/lib/forget.ts";
import type { Place } from "@/lib/paths.ts";
import {
	forgetGone,
	type Gone,
	getState,
	hasWords,
	isBack,
	isMyDeletion,
	isOffered,
	type Lost,
	type LostWords,
	lostShown,
	restoreGone,
	selectHasAllChannels,
	selectLostEdits,
	takeEdits,
	takeGone,
	takeOrphans,
	textOf,
	useConnection,
	useShallowStore,
	useStore,
} from "@/stores/index.ts";
import { copyText } from "@/ui/copyText.ts";
import { closeAllDialogs } from "@/ui/dialogs.tsx";
import { holdKeys } from "@/ui/heldKeys.ts";
import { dismissToast, toast } from "@/ui/toasts.ts";

/** More servers that are lost at once are told of together. */
const LOST_EACH_MAX = 3;

/** What is offered, and by which notice. */
const notices = new Map<LostWords, number>();
onForget(() => notices.clear());

/**
 * A notice when I lose a server or a channel that concerned me, with what I had written there. A lost
 * server's dialogs close; whoever was in it goes on elsewhere (`useHasLost`), and what they are still
 * typing with them goes nowhere.
 */
export function useLost(place: Place): void {
	const t = useT();
	const lost = useStore((state) => state.ui.lost);
	const gone = useStore((state) => state.ui.gone);
	const isLive = useConnection().status === "live";
	useEffect(() => {
		if (lost.length === 0 && gone.length === 0) return;
		lostShown();
		if (isTakenFrom(place, lost, gone)) holdKeys();
		tellLost(t, lost, gone);
		// What is typed in one while another server is lost must not go on in the composer.
		if (serverLost(place, lost)) closeAllDialogs();
		for (const one of gone) if (!lost.some(isOf(one))) tellDeleted(t, one);
	}, [lost, gone, t, place]);
	const hasAll = useStore(selectHasAllChannels);
	// Whatever was before the reader when the page went.
	useEffect(() => {
		const lost = isLive && hasAll ? takeOrphans() : undefined;
		if (lost && hasWords(lost)) tell(t, t.servers.goneMeanwhile, lost);
	}, [isLive, hasAll, t]);
	const edits = useShallowStore(selectLostEdits);
	useEffect(() => {
		for (const key of edits) if (!isOffered(key)) tellEdit(t, key);
	}, [edits, t]);
	useOtherPast();
	useEnds();
}

/** The messages of a hub that was restored are loaded anew: where one was being changed, its box goes. */
function useOtherPast(): void {
	const generation = useStore(({ hub }) => hub?.generation);
	const known = useRef(generation);
	useEffect(() => {
		const isOther = known.current !== undefined && known.current !== generation;
		known.current = generation;
		if (isOther && useChatUi.getState().editing !== undefined) holdBox();
	}, [generation]);
}

/**
 * Whoever comes back has their words where they were again, and no notice of them; nor has one
 * whoever has copied or dismissed them in another tab.
 */
function useEnds(): void {
	const channels = useStore((state) => state.channels.byId);
	const drafts = useStore((state) => state.drafts);
	// biome-ignore lint/correctness/useExhaustiveDependencies: looks again whenever these change
	useEffect(() => {
		for (const [lost, key] of notices) {
			if (!isBack(lost) && !isAnswered(lost)) continue;
			dismissToast(key);
			forget(lost);
		}
	}, [channels, drafts]);
}

/** The server where the reader is, if it is among those that are lost. */
function serverLost(place: Place, lost: readonly Lost[]): Lost | undefined {
	return lost.find(
		({ serverId }) => "serverId" in place && place.serverId === serverId,
	);
}

/** Whether it is where the reader is that they lose, and they did not ask for it. */
function isTakenFrom(
	place: Place,
	lost: readonly Lost[],
	gone: readonly Gone[],
): boolean {
	const server = serverLost(place, lost);
	if (server) return server.reason !== "left" && !isMyDeletion(server.serverId);
	return gone.some((one) => one.wasOpen && !isMyDeletion(one.channelId));
}

/** Whether nothing of what was offered is kept any more. */
function isAnswered(lost: LostWords): boolean {
	const { drafts } = getState();
	return [...lost.words.keys()].every((key) => !drafts[key]);
}

function forget(lost: LostWords): void {
	notices.delete(lost);
	forgetGone(lost);
}

/** The message is not there any more that somebody was changing. */
function tellEdit(t: Catalog, key: string): void {
	const { channels, servers } = getState();
	const { channelId, messageId } = placeOfDraft(key);
	if (useChatUi.getState().editing === messageId) holdBox();
	const channel = channels.byId[channelId];
	const server = servers.byId[channel?.server_id ?? ""];
	const text = t.chat.editedGone(channel?.name ?? "", server?.name ?? "");
	tell(t, text, takeEdits([key]));
}

/** The box may have gone from under the fingers of whoever is still typing. */
function holdBox(): void {
	if (document.activeElement !== document.body) return;
	holdKeys();
	document.querySelector("h1")?.focus({ preventScroll: true });
}

function tellLost(
	t: Catalog,
	lost: readonly Lost[],
	gone: readonly Gone[],
): void {
	const wordsIn = (servers: readonly Lost[]) =>
		takeGone(gone.filter((one) => servers.some(isOf(one))));
	const isMine = ({ serverId }: Lost) => isMyDeletion(serverId);
	for (const one of lost.filter(isMine)) {
		const words = wordsIn([one]);
		if (hasWords(words)) tell(t, t.servers.unsent(one.name), words);
	}
	const others = lost.filter((one) => !isMine(one));
	if (others.length > LOST_EACH_MAX)
		return tell(t, lostMany(t, others), wordsIn(others));
	for (const one of others)
		tell(t, t.servers.lost[one.reason](one.name), wordsIn([one]));
}

function isOf({ serverId }: Gone): (lost: Lost) => boolean {
	return (lost) => lost.serverId === serverId;
}

function lostMany(t: Catalog, lost: readonly Lost[]): string {
	const names = lost.slice(0, LOST_EACH_MAX).map(({ name }) => name);
	return t.servers.lostMany(lost.length, formats(getLocale()).list(names));
}

function tellDeleted(t: Catalog, gone: Gone): void {
	const { channelId, name, serverName, wasOpen } = gone;
	const words = takeGone([gone]);
	const { deleted, unsent } = t.channels;
	if (!hasWords(words) && (!wasOpen || isMyDeletion(channelId))) return;
	const text = isMyDeletion(channelId) ? unsent : deleted;
	tell(t, text(name, serverName), words);
}

/** Words that nobody has got stay until they are copied or dismissed. */
function tell(t: Catalog, text: string, lost: LostWords): void {
	if (!hasWords(lost)) return void toast(text);
	const onDismiss = () => {
		forget(lost);
		tellThrown(t, () => {
			restoreGone(lost);
			tell(t, text, lost);
		});
	};
	const run = () =>
		void copyText(textOf(lost)).then((isDone) => {
			if (isDone) forget(lost);
			else tell(t, text, lost);
		});
	const action = { label: t.channels.copyWritten, run };
	notices.set(lost, toast(text, { action, stays: true, onDismiss }));
}

/** A notice is also dismissed by those who want to see what is under it. */
function tellThrown(t: Catalog, run: () => void): void {
	toast(t.channels.thrownAway, { action: { label: t.channels.takeBack, run } });
}
