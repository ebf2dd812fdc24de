/**
 * The notices of places that I have lost, with what I had written there. They know nothing of where
 * the reader is.
 */
import type { Id } from "@/api/types.ts";
import { type Catalog, formats, getLocale } from "@/i18n/index.ts";
import { onForget } from "@/lib/forget.ts";
import {
	forgetGone,
	type Gone,
	getState,
	hasWords,
	isBack,
	isMyDeletion,
	joinLost,
	type Lost,
	type LostWords,
	restoreGone,
	takeGone,
	textOf,
} from "@/stores/index.ts";
import { copyText } from "@/ui/copyText.ts";
import { dismissToast, toast, useToasts } from "@/ui/toasts.ts";

/** More places than these are not all named. */
const NAMED_MAX = 3;

/** What is offered, and by which notice. */
const notices = new Map<LostWords, number>();
onForget(() => notices.clear());

type Told<T> = { all: readonly T[]; words: LostWords; notice: number };

/**
 * Places that are lost one by one. They are told in one notice for as long as that is not answered;
 * as they stood in their lists, however they went.
 */
class Series<T extends { order: readonly Id[] }> {
	readonly #idOf: (one: T) => Id;
	readonly #hasBack: (one: T) => boolean;
	readonly #say: (t: Catalog, all: readonly T[]) => string;
	#told: Told<T> | undefined;

	constructor(
		idOf: (one: T) => Id,
		hasBack: (one: T) => boolean,
		say: (t: Catalog, all: readonly T[]) => string,
	) {
		this.#idOf = idOf;
		this.#hasBack = hasBack;
		this.#say = say;
		onForget(() => {
			this.#told = undefined;
		});
	}

	tell(t: Catalog, lost: readonly T[], words: LostWords): void {
		if (lost.length === 0) return;
		const before = this.#withdraw();
		const now = new Set(lost.map(this.#idOf));
		const stillLost = before?.all.filter(
			(one) => !now.has(this.#idOf(one)) && !this.#hasBack(one),
		);
		const all = this.#asListed([...(stillLost ?? []), ...lost]);
		const both = before ? joinLost(before.words, words) : words;
		const notice = tell(t, this.#say(t, all), both);
		this.#told = { all, words: both, notice };
	}

	/** The last notice, if it is still there; it is not any more. */
	#withdraw(): Told<T> | undefined {
		const told = this.#told;
		const { shown } = useToasts.getState();
		if (!told || !shown.some(({ key }) => key === told.notice))
			return undefined;
		dismissToast(told.notice);
		notices.delete(told.words);
		return told;
	}

	/** What went first knows of the most that were beside it; what it does not know has come since. */
	#asListed(all: readonly T[]): T[] {
		const lists = all.map(({ order }) => order);
		const order = [...new Set(lists.toSorted(byLength).flat())];
		return all.toSorted(
			(a, b) => order.indexOf(this.#idOf(a)) - order.indexOf(this.#idOf(b)),
		);
	}
}

function byLength(a: readonly Id[], b: readonly Id[]): number {
	return b.length - a.length;
}

const servers = new Series<Lost>(
	({ serverId }) => serverId,
	({ serverId }) => getState().servers.byId[serverId] !== undefined,
	textOfLost,
);

/** Of servers that I did not delete myself. */
export function tellServers(
	t: Catalog,
	lost: readonly Lost[],
	words: LostWords,
): void {
	servers.tell(t, lost, words);
}

function textOfLost(t: Catalog, lost: readonly Lost[]): string {
	const names = listed(lost.slice(0, NAMED_MAX).map(({ name }) => name));
	if (lost.length > NAMED_MAX) return t.servers.lostMany(lost.length, names);
	const reasons = new Set(lost.map(({ reason }) => reason));
	const [reason = "meanwhile"] = reasons;
	// That one was deleted is said of one.
	const isSaid =
		lost.length === 1 || (reasons.size === 1 && reason !== "deleted");
	return t.servers.lost[isSaid ? reason : "meanwhile"](names);
}

/** What is said of one channel, of some, and of more than are named. */
type Sentences = {
	one: (name: string, server: string) => string;
	some: (names: string) => string;
	many: (n: number, names: string) => string;
};

function ofChannels(sentences: (t: Catalog) => Sentences): Series<Gone> {
	return new Series<Gone>(
		({ channelId }) => channelId,
		({ channelId }) => getState().channels.byId[channelId] !== undefined,
		(t, all) => {
			const { one, some, many } = sentences(t);
			const [first] = all;
			if (all.length === 1 && first) return one(first.name, first.serverName);
			const names = namesOf(t, all);
			return all.length > NAMED_MAX ? many(all.length, names) : some(names);
		},
	);
}

const deleted = ofChannels(({ channels }) => ({
	one: channels.deleted,
	some: channels.deletedSome,
	many: channels.deletedMany,
}));

const hidden = ofChannels(({ channels }) => ({
	one: channels.hidden,
	some: channels.hiddenSome,
	many: channels.hiddenMany,
}));

const unsent = ofChannels(({ channels }) => ({
	one: channels.unsent,
	some: channels.unsentSome,
	many: channels.unsentMany,
}));

/** Of channels that I read, or that I had words in that nobody has got. */
export function tellChannels(t: Catalog, gone: readonly Gone[]): void {
	const isMine = ({ channelId }: Gone) => isMyDeletion(channelId);
	const mine = gone.filter(isMine);
	const words = takeGone(mine);
	unsent.tell(t, mine.filter(isWrittenIn(words)), words);
	const others = gone.filter((one) => !isMine(one));
	for (const [reason, series] of Object.entries({ deleted, hidden })) {
		const those = others.filter((one) => one.reason === reason);
		const left = takeGone(those);
		const isLeft = isWrittenIn(left);
		const concern = those.filter((one) => one.wasOpen || isLeft(one));
		series.tell(t, concern, left);
	}
}

function isWrittenIn({ words }: LostWords): (gone: Gone) => boolean {
	return ({ channelId, edits }) =>
		[channelId, ...edits.map(({ key }) => key)].some((key) => words.has(key));
}

/** As many as are named; of one server, that is said once. */
function namesOf({ chat, channels }: Catalog, all: readonly Gone[]): string {
	const named = all.slice(0, NAMED_MAX);
	const places = new Set(all.map(({ serverName }) => serverName));
	const [server] = places;
	if (places.size === 1 && server !== undefined)
		return channels.inServer(
			listed(named.map(({ name }) => chat.channelName(name))),
			server,
		);
	return listed(
		named.map(({ name, serverName }) =>
			channels.inServer(chat.channelName(name), serverName),
		),
	);
}

function listed(names: readonly string[]): string {
	return formats(getLocale()).list(names);
}

/** Words that nobody has got stay until they are copied or dismissed; answers the notice. */
export function tell(t: Catalog, text: string, lost: LostWords): number {
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

/** Whoever has their words back, or has answered in another tab, has no notice of them any more. */
export function endNotices(): void {
	for (const [lost, key] of notices) {
		if (!isBack(lost) && !isAnswered(lost)) continue;
		dismissToast(key);
		forget(lost);
	}
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
