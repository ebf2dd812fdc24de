/**
 * Words that nobody has got and whose place is gone: drafts, unsent messages and changes in channels
 * that are no more, and changes of messages that were deleted. They stay on this device until I have
 * copied or dismissed them, over a reload as well.
 */
import { onForget } from "@/lib/forget.ts";
import { ports } from "../ports.ts";
import { selectOrphans } from "../selectors.ts";
import type { Gone } from "../state.ts";
import { dispatchLocal, getState } from "../store.ts";
import { setDraft } from "./messages.ts";

/** What one notice offers, by what it is a draft for. */
export type LostWords = ReadonlyMap<string, string>;

/** What somebody has before them, a set for each notice. */
const offered = new Set<LostWords>();
onForget(() => offered.clear());

type Written = Pick<Gone, "channelId" | "draft" | "unsent" | "edits">;

/** The words of channels that are gone: one draft of each, which takes in all that was written there. */
export function takeGone(gone: readonly Written[]): LostWords {
	return offer(gone.map((one) => [one.channelId, collect(one)]));
}

/** The words of changes whose messages were deleted. */
export function takeEdits(keys: readonly string[]): LostWords {
	const { drafts } = getState();
	return offer(keys.map((key) => [key, drafts[key] ?? ""]));
}

/** Words in channels that were gone before this page came, and that nobody has before them yet. */
export function takeOrphans(): LostWords {
	return takeGone(
		selectOrphans(getState()).filter((one) => !isOffered(one.channelId)),
	);
}

/** Whether a notice has them before somebody. */
export function isOffered(key: string): boolean {
	return [...offered].some((lost) => lost.has(key));
}

/** Oldest first; "" when there are none. */
export function textOf(lost: LostWords): string {
	return [...lost.values()].join("\n\n");
}

/** Whether all of their channels are there again: what was written there is in the composers. */
export function isBack(lost: LostWords): boolean {
	const { byId } = getState().channels;
	return [...lost.keys()].every((key) => byId[key] !== undefined);
}

/**
 * What a notice offered was copied or dismissed. What was written since, by who came back, was not,
 * nor what another notice offers; and what stands in a composer again goes only by hand.
 */
export function forgetGone(lost: LostWords): void {
	offered.delete(lost);
	const { drafts, channels } = getState();
	for (const [key, words] of lost)
		if (drafts[key] === words && !channels.byId[key]) setDraft(key, "");
}

/** What was thrown away is wanted after all. What has been written in its place since stays. */
export function restoreGone(lost: LostWords): void {
	offered.add(lost);
	const { drafts } = getState();
	for (const [key, words] of lost) if (!drafts[key]) setDraft(key, words);
}

function offer(words: readonly (readonly [string, string])[]): LostWords {
	const lost = new Map(words.filter(([, text]) => text.trim()));
	if (lost.size > 0) offered.add(lost);
	return lost;
}

function collect(gone: Written): string {
	const { channelId, draft, unsent, edits } = gone;
	// A composer that went with its channel has handed over its last words since; and another tab
	// may have put together the same.
	const last = getState().drafts[channelId] ?? draft;
	const others = [
		...unsent.map(({ content }) => content),
		...edits.map(({ text }) => text),
	];
	const words = [...others.filter((it) => !isPart(it, last)), last]
		.filter((text) => text.trim())
		.join("\n\n");
	dispatchLocal({ do: "draft", channelId, text: words });
	void keep(gone, words).catch(() => {
		// What this device could not store as one is still there in its parts.
	});
	return words;
}

/** Drops the parts once the draft that has taken them in is stored. */
async function keep(gone: Written, words: string): Promise<void> {
	const { channelId, unsent, edits } = gone;
	const { keepDraft, outbox } = ports();
	await keepDraft(channelId, words);
	for (const { key } of edits) setDraft(key, "");
	await Promise.all(
		unsent.map(({ nonce }) => outbox.discard(channelId, nonce)),
	);
}

/** Whether it is whole paragraphs of a text. */
function isPart(part: string, text: string): boolean {
	return `\n\n${text}\n\n`.includes(`\n\n${part}\n\n`);
}
