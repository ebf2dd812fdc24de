/**
 * The notices of places that I have lost, with what I had written there. They know nothing of where
 * the reader is.
 */
import { type Catalog, formats, getLocale } from "@/i18n/index.ts";
import { onForget } from "@/lib/forget.ts";
import {
	forgetGone,
	getState,
	hasWords,
	isBack,
	joinLost,
	type Lost,
	type LostWords,
	restoreGone,
	textOf,
} from "@/stores/index.ts";
import { copyText } from "@/ui/copyText.ts";
import { dismissToast, toast, useToasts } from "@/ui/toasts.ts";

/** More servers than these are not all named. */
const NAMED_MAX = 3;

/** What is offered, and by which notice. */
const notices = new Map<LostWords, number>();

type Told = { lost: readonly Lost[]; words: LostWords; notice: number };

/** The last notice of lost servers. */
let told: Told | undefined;

onForget(() => {
	notices.clear();
	told = undefined;
});

/** In one notice with those that were lost before, as long as that of them is not answered. */
export function tellServers(
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
