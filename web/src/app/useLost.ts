import { useEffect, useRef } from "react";
import { useChatUi } from "@/features/messages/chatUi.ts";
import { type Catalog, useT } from "@/i18n/index.ts";
import { placeOfDraft } from "@/lib/draftKey.ts";
import type { Place } from "@/lib/paths.ts";
import {
	type Gone,
	getState,
	hasWords,
	isMyDeletion,
	isOffered,
	type Lost,
	lostShown,
	selectHasAllChannels,
	selectLostEdits,
	setDraft,
	takeEdits,
	takeGone,
	takeOrphans,
	useConnection,
	useShallowStore,
	useStore,
} from "@/stores/index.ts";
import { closeAllDialogs } from "@/ui/dialogs.tsx";
import { holdKeys } from "@/ui/heldKeys.ts";
import { typedWords } from "@/ui/typedWords.ts";
import { endNotices, tell, tellChannels, tellServers } from "./lostNotices.ts";

type Written = Pick<
	Gone,
	"serverId" | "channelId" | "draft" | "unsent" | "edits"
>;

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
		tellChannels(
			t,
			gone.filter((one) => !lost.some(isOf(one))),
		);
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
	useEffect(endNotices, [channels, drafts]);
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
	tellServers(t, others, wordsIn(others));
}

function isOf({ serverId }: Written): (lost: Lost) => boolean {
	return (lost) => lost.serverId === serverId;
}
