/** Writing: messages, drafts, typing. */
import type { Id, Message } from "@/api/types.ts";
import { ports } from "../ports.ts";
import { dispatchLocal, getState } from "../store.ts";
import { jumpToPresent } from "./history.ts";

/**
 * Puts a message on its way. Resolves when it is stored on this device, from
 * where it will reach the hub; rejects only when it could not be stored.
 */
export async function sendMessage(
	channelId: Id,
	content: string,
): Promise<void> {
	await ports().outbox.enqueue(channelId, content);
	if (getState().timelines[channelId]?.hasNewer)
		await jumpToPresent(channelId).catch(() => {
			// The row waits at the end; loading can be tried again there.
		});
}

/** Tries a refused message again as it is. */
export async function retryMessage(
	channelId: Id,
	nonce: string,
): Promise<void> {
	await ports().outbox.retry(channelId, nonce);
}

/** Drops an unsent message. */
export async function discardMessage(
	channelId: Id,
	nonce: string,
): Promise<void> {
	await ports().outbox.discard(channelId, nonce);
}

/** Drops an unsent message that `draft` has taken in, once that is stored. */
export async function takeBackMessage(
	channelId: Id,
	nonce: string,
	draft: string,
): Promise<void> {
	await ports().keepDraft(channelId, draft);
	await ports().outbox.discard(channelId, nonce);
}

export async function editMessage(
	channelId: Id,
	id: Id,
	content: string,
): Promise<Message> {
	return ports().api.messages.edit(channelId, id, content);
}

/** Asks the hub for a message as it is now; undefined when it is not there. */
export async function readMessage(
	channelId: Id,
	id: Id,
): Promise<Message | undefined> {
	const query = { around: id, limit: 1 };
	const { items } = await ports().api.messages.page(channelId, query);
	return items.find((one) => one.id === id);
}

export async function deleteMessage(channelId: Id, id: Id): Promise<void> {
	await ports().api.messages.delete(channelId, id);
}

/** Call it on every key press; the hub hears of it as often as it wants. */
export function startTyping(channelId: Id): void {
	ports().typing(channelId);
}

export function setDraft(channelId: Id, text: string): void {
	dispatchLocal({ do: "draft", channelId, text });
	ports().saveDraft(channelId, text);
}

/** Puts words before what is begun in a channel, where no box takes them; what is begun there then. */
export function addToDraft(channelId: Id, text: string): string {
	const begun = getState().drafts[channelId];
	const draft = begun ? `${text}\n${begun}` : text;
	setDraft(channelId, draft);
	return draft;
}
