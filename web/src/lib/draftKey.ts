/**
 * What a draft is for: a channel, whose id is the key, or a message in it that is being changed. Both
 * are words that nobody has got, so they are kept in one place.
 */
import type { Id } from "@/api/types.ts";
import { thisTab } from "./thisTab.ts";

/** What this tab changes of a message as it was at `rev`: no other tab writes over it. */
export function editKey(channelId: Id, messageId: Id, rev: number): string {
	return `${channelId}/${messageId}/${rev}/${thisTab}`;
}

type Place = {
	channelId: Id;
	/** Null for what is written into the channel itself. */
	messageId: Id | null;
	/** Null where it was not noted, as it once was not. */
	rev: number | null;
	/** It was begun by the page that is here. */
	isOwn: boolean;
};

export function placeOfDraft(key: string): Place {
	const [channelId = "", messageId = null, rev, tab] = key.split("/");
	return {
		channelId,
		messageId,
		rev: rev === undefined ? null : Number(rev),
		isOwn: tab === thisTab,
	};
}

export type BegunEdit = {
	key: string;
	messageId: Id;
	rev: number | null;
	isOwn: boolean;
	text: string;
};

/** The changes of messages that are begun in a channel. */
export function editsIn(
	drafts: Readonly<Record<string, string>>,
	channelId: Id,
): BegunEdit[] {
	return Object.entries(drafts).flatMap(([key, text]) => {
		const { messageId, rev, isOwn, ...place } = placeOfDraft(key);
		return messageId !== null && place.channelId === channelId
			? [{ key, messageId, rev, isOwn, text }]
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
