/**
 * Words that nobody has got and whose place is gone: drafts, unsent messages and changes in channels
 * that are no more, and changes of messages that were deleted. They stay on this device until I have
 * copied or dismissed them, over a reload as well.
 */
import { placeOfDraft } from "@/lib/draftKey.ts";
import { onForget } from "@/lib/forget.ts";
import { ports } from "../ports.ts";
import { selectOrphans } from "../selectors.ts";
import type { Gone } from "../state.ts";
import { dispatchLocal, getState } from "../store.ts";
import { setDraft } from "./messages.ts";

/** What one notice offers. */
export type LostWords = {
	/** By what they are a draft for. */
	readonly words: ReadonlyMap<string, string>;
	/** What is not there any more: where they were written, or what they were to change. */
	readonly gone: "channels" | "messages";
};

/** What somebody has before them, a set for each notice. */
const offered = new Set<LostWords>();
onForget(() => offered.clear());

type Written = Pick<Gone, "channelId" | "draft" | "unsent" | "edits">;

/**
 * The words of channels that are gone. Whoever comes back finds each where it was: the changes of
 * messages stay what they are, and one draft of each channel takes in what was not sent there.
 */
export function takeGone(gone: readonly Written[]): LostWords {
	const words = gone.flatMap((one) => [
		...one.edits.map(keepEdit),
		[one.channelId, collect(one)] as const,
	]);
	return offer(words, "channels");
}

/** The words of changes whose messages were deleted. */
export function takeEdits(keys: readonly string[]): LostWords {
	const { drafts } = getState();
	const words = keys.map((key) => [key, drafts[key] ?? ""] as const);
	return offer(words, "messages");
}

/** Two that one notice offers from now on, instead of one each. */
export function joinLost(one: LostWords, other: LostWords): LostWords {
	offered.delete(one);
	offered.delete(other);
	return offer([...one.words, ...other.words], "channels");
}

/** Words in channels that were gone before this page came, and that nobody has before them yet. */
export function takeOrphans(): LostWords {
	const isNew = ({ channelId, edits }: Written) =>
		![channelId, ...edits.map(({ key }) => key)].some(isOffered);
	return takeGone(selectOrphans(getState()).filter(isNew));
}

/** Whether a notice has them before somebody. */
export function isOffered(key: string): boolean {
	return [...offered].some(({ words }) => words.has(key));
}

export function hasWords({ words }: LostWords): boolean {
	return words.size > 0;
}

/** Oldest first; "" when there are none. */
export function textOf({ words }: LostWords): string {
	return [...words.values()].join("\n\n");
}

/** Whether all of their channels are there again: what was written there is where it was. */
export function isBack({ words, gone }: LostWords): boolean {
	return gone === "channels" && [...words.keys()].every(hasChannel);
}

/**
 * What a notice offered was copied or dismissed. What was written since, by who came back, was not,
 * nor what another notice offers; and what stands in its place again goes only by hand.
 */
export function forgetGone(given: LostWords): void {
	offered.delete(given);
	const { drafts } = getState();
	for (const [key, text] of given.words) {
		const isThere = given.gone === "channels" && hasChannel(key);
		if (drafts[key] === text && !isThere) setDraft(key, "");
	}
}

/** What was thrown away is wanted after all. What has been written in its place since stays. */
export function restoreGone(given: LostWords): void {
	offered.add(given);
	const { drafts } = getState();
	for (const [key, text] of given.words) if (!drafts[key]) setDraft(key, text);
}

function hasChannel(key: string): boolean {
	return getState().channels.byId[placeOfDraft(key).channelId] !== undefined;
}

function offer(
	given: readonly (readonly [string, string])[],
	gone: LostWords["gone"],
): LostWords {
	const words = new Map(given.filter(([, text]) => text.trim()));
	const lost = { words, gone };
	if (hasWords(lost)) offered.add(lost);
	return lost;
}

/** The box that went with its channel has handed over its last words since. */
function keepEdit({ key, text }: Written["edits"][number]) {
	const last = getState().drafts[key] ?? text;
	dispatchLocal({ do: "draft", channelId: key, text: last });
	return [key, last] as const;
}

function collect(gone: Written): string {
	const { channelId, draft, unsent } = gone;
	// A composer that went with its channel has handed over its last words since; and another tab
	// may have put together the same.
	const last = getState().drafts[channelId] ?? draft;
	const others = unsent.map(({ content }) => content);
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
	const { channelId, unsent } = gone;
	const { keepDraft, outbox } = ports();
	await keepDraft(channelId, words);
	await Promise.all(
		unsent.map(({ nonce }) => outbox.discard(channelId, nonce)),
	);
}

/** Whether it is whole paragraphs of a text. */
function isPart(part: string, text: string): boolean {
	return `\n\n${text}\n\n`.includes(`\n\n${part}\n\n`);
}
