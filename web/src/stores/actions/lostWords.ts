/**
 * What I had written in channels that are gone. All of it becomes one draft per channel, which stays
 * on this device until I have copied or dismissed it, over a reload as well.
 */
import type { Id } from "@/api/types.ts";
import { onForget } from "@/lib/forget.ts";
import { ports } from "../ports.ts";
import { selectOrphans } from "../selectors.ts";
import type { Gone } from "../state.ts";
import { getState } from "../store.ts";
import { setDraft } from "./messages.ts";

/** What somebody has before them, by its channel. */
const offered = new Map<Id, string>();
onForget(() => offered.clear());

/** The words of a channel that is gone, oldest first; "" when there are none. */
export function takeGone({
	channelId,
	draft,
	unsent,
}: Pick<Gone, "channelId" | "draft" | "unsent">): string {
	// A composer that went with its channel has handed over its last words since; and another tab
	// may have put together the same.
	const last = getState().drafts[channelId] ?? draft;
	const words = [
		...unsent.map(({ content }) => content).filter((it) => !isPart(it, last)),
		last,
	]
		.filter((text) => text.trim())
		.join("\n\n");
	setDraft(channelId, words);
	for (const { nonce } of unsent)
		ports()
			.outbox.discard(channelId, nonce)
			.catch(() => {});
	if (words) offered.set(channelId, words);
	return words;
}

/** Whether it is whole paragraphs of a text. */
function isPart(part: string, text: string): boolean {
	return `\n\n${text}\n\n`.includes(`\n\n${part}\n\n`);
}

/** Words in channels that were gone before this page came, and that nobody has before them yet. */
export function takeOrphans(): { channelIds: Id[]; words: string } {
	const gone = selectOrphans(getState()).filter(
		({ channelId }) => !offered.has(channelId),
	);
	const words = gone.map(takeGone).filter(Boolean).join("\n\n");
	return { channelIds: gone.map(({ channelId }) => channelId), words };
}

/** They were copied or dismissed. What was written since, by who came back, was not. */
export function forgetGone(channelIds: readonly Id[]): void {
	for (const channelId of channelIds) {
		if (getState().drafts[channelId] === offered.get(channelId))
			setDraft(channelId, "");
		offered.delete(channelId);
	}
}
