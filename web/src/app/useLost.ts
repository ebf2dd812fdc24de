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
	joinLost,
	type Lost,
	type LostWords,
	lostShown,
	restoreGone,
	selectHasAllChannels,
	selectLostEdits,
	setDraft,
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
import { dismissToast, toast, useToasts } from "@/ui/toasts.ts";
import { typedWords } from "@/ui/typedWords.ts";

/** More servers than these are not all named. */
const NAMED_MAX = 3;

/** What is offered, and by which notice. */
const notices = new Map<LostWords, number>();

type Written = Pick<
	Gone,
	"serverId" | "channelId" | "draft" | "unsent" | "edits"
>;

type Told = { lost: readonly Lost[]; words: LostWords; notice: number };

/** The last notice of lost servers. */
let told: Told | undefined;

onForget(() => {
	notices.clear();
	told = undefined;
});

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
		const here = serverLost(place, lost);
		tellLost(t, lost, here ? [...gone, ...typedIn(here)] : gone);
		// What is typed in one while another server is lost must not go on in the composer.
		if (here) closeAllDialogs();
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

/** What was being typed in its dialogs. A draft of the server itself is in no composer, ever. */
function typedIn({ serverId }: Lost): Written[] {
	const typed = typedWords();
	if (typed === "") return [];
	// They may have lost it before, and have what they typed then still before them.
	const before = getState().drafts[serverId];
	const draft = before ? `${before}\n\n${typed}` : typed;
	setDraft(serverId, draft);
	return [{ serverId, channelId: serverId, draft, unsent: [], edits: [] }];
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
	gone: readonly Written[],
): void {
	const wordsIn = (servers: readonly Lost[]) =>
		takeGone(gone.filter((one) => servers.some(isOf(one))));
	const isMine = ({ serverId }: Lost) => isMyDeletion(serverId);
	for (const one of lost.filter(isMine)) {
		const words = wordsIn([one]);
		if (hasWords(words)) tell(t, t.servers.unsent(one.name), words);
	}
	const others = lost.filter((one) => !isMine(one));
	if (others.length > 0) tellServers(t, others, wordsIn(others));
}

/** In one notice with those that were lost before, as long as that of them is not answered. */
function tellServers(
	t: Catalog,
	lost: readonly Lost[],
	words: LostWords,
): void {
	const before = withdrawNotice();
	const { byId } = getState().servers;
	const isOver = ({ serverId }: Lost) =>
		byId[serverId] || lost.some((one) => one.serverId === serverId);
	const all = [...(before?.lost ?? []).filter((one) => !isOver(one)), ...lost];
	const both = before ? joinLost(before.words, words) : words;
	told = { lost: all, words: both, notice: tell(t, textOfLost(t, all), both) };
}

/** The last notice, if it is still there; it is not any more. */
function withdrawNotice(): Told | undefined {
	const { shown } = useToasts.getState();
	if (!told || !shown.some(({ key }) => key === told?.notice)) return undefined;
	dismissToast(told.notice);
	notices.delete(told.words);
	return told;
}

function isOf({ serverId }: Written): (lost: Lost) => boolean {
	return (lost) => lost.serverId === serverId;
}

function textOfLost(t: Catalog, lost: readonly Lost[]): string {
	const named = lost.slice(0, NAMED_MAX).map(({ name }) => name);
	const names = formats(getLocale()).list(named);
	if (lost.length > NAMED_MAX) return t.servers.lostMany(lost.length, names);
	const reasons = new Set(lost.map(({ reason }) => reason));
	const [reason = "meanwhile"] = reasons;
	// That one was deleted is said of one.
	const isSaid =
		lost.length === 1 || (reasons.size === 1 && reason !== "deleted");
	return t.servers.lost[isSaid ? reason : "meanwhile"](names);
}

function tellDeleted(t: Catalog, gone: Gone): void {
	const { channelId, name, serverName, wasOpen } = gone;
	const words = takeGone([gone]);
	const { deleted, unsent } = t.channels;
	if (!hasWords(words) && (!wasOpen || isMyDeletion(channelId))) return;
	const text = isMyDeletion(channelId) ? unsent : deleted;
	tell(t, text(name, serverName), words);
}

/** Words that nobody has got stay until they are copied or dismissed; answers the notice. */
function tell(t: Catalog, text: string, lost: LostWords): number {
	if (!hasWords(lost)) return toast(text);
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
	const notice = toast(text, { action, stays: true, onDismiss });
	notices.set(lost, notice);
	return notice;
}

/** A notice is also dismissed by those who want to see what is under it. */
function tellThrown(t: Catalog, run: () => void): void {
	toast(t.channels.thrownAway, { action: { label: t.channels.takeBack, run } });
}
