/**
 * What a draft is for: a channel, whose id is the key, or a message in it that is being changed. Both
 * are words that nobody has got, so they are kept in one place.
 */
import type { Id } from "@/api/types.ts";

export function editKey(channelId: Id, messageId: Id): string {
	return `${channelId}/${messageId}`;
}

/** `messageId` is null for what is written into the channel itself. */
export function placeOfDraft(key: string): {
	channelId: Id;
	messageId: Id | null;
} {
	const [channelId = "", messageId = null] = key.split("/");
	return { channelId, messageId };
}

/** The changes of messages that are begun in a channel, oldest message first. */
export function editsIn(
	drafts: Readonly<Record<string, string>>,
	channelId: Id,
): { key: string; messageId: Id; text: string }[] {
	return Object.entries(drafts).flatMap(([key, text]) => {
		const place = placeOfDraft(key);
		const { messageId } = place;
		return messageId !== null && place.channelId === channelId
			? [{ key, messageId, text }]
			: [];
	});
}
