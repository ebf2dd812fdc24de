/**
 * What a draft is for: a channel, whose id is the key, or a message in it that is being changed. Both
 * are words that nobody has got, so they are kept in one place.
 */
import type { Id } from "@/api/types.ts";

/** A change of a message as it was at `rev`. */
export function editKey(channelId: Id, messageId: Id, rev: number): string {
	return `${channelId}/${messageId}/${rev}`;
}

type Place = {
	channelId: Id;
	/** Null for what is written into the channel itself. */
	messageId: Id | null;
	/** Null where it was not noted, as it once was not. */
	rev: number | null;
};

export function placeOfDraft(key: string): Place {
	const [channelId = "", messageId = null, rev] = key.split("/");
	return { channelId, messageId, rev: rev === undefined ? null : Number(rev) };
}

export type BegunEdit = {
	key: string;
	messageId: Id;
	rev: number | null;
	text: string;
};

/** The changes of messages that are begun in a channel. */
export function editsIn(
	drafts: Readonly<Record<string, string>>,
	channelId: Id,
): BegunEdit[] {
	return Object.entries(drafts).flatMap(([key, text]) => {
		const { messageId, rev, ...place } = placeOfDraft(key);
		return messageId !== null && place.channelId === channelId
			? [{ key, messageId, rev, text }]
			: [];
	});
}

/** Those of one message. */
export function editsOf(
	drafts: Readonly<Record<string, string>>,
	channelId: Id,
	messageId: Id,
): BegunEdit[] {
	return editsIn(drafts, channelId).filter(
		(edit) => edit.messageId === messageId,
	);
}
