/**
 * Reading positions and unread counts. The hub's numbers are the truth; in
 * between, every message of someone else adds one.
 */
import type { EventMap, Id, Message, ReadState } from "@/api/types.ts";
import { isNewer, newest } from "@/lib/ids.ts";
import type { Read } from "../state.ts";
import type { Work } from "../work.ts";

const nothingRead: Read = { lastReadId: null, rev: null, unread: null };

function readOf(work: Work, channelId: Id): Read {
	const reads = work.at(work.root, "reads");
	reads[channelId] ??= work.own({ ...nothingRead });
	return work.at(reads, channelId);
}

/** The position as the hub said at the start of a connection. */
export function setRead(work: Work, channelId: Id, lastReadId: Id | null) {
	const read = readOf(work, channelId);
	if (read.unread !== null && read.lastReadId === lastReadId) return;
	read.lastReadId = lastReadId;
	read.unread = isCaughtUp(work, channelId, lastReadId) ? 0 : null;
}

/** Moves the position; without a `rev` it is this client's own guess. */
export function moveRead(
	work: Work,
	channelId: Id,
	messageId: Id,
	rev: number | null,
): void {
	const read = readOf(work, channelId);
	if (rev !== null && read.rev !== null && rev < read.rev) return;
	if (rev !== null) read.rev = rev;
	const hasMoved = read.lastReadId !== messageId;
	read.lastReadId = messageId;
	if (isCaughtUp(work, channelId, messageId)) read.unread = 0;
	else if (hasMoved) read.unread = null;
}

export function applyReadUpdated(
	work: Work,
	data: EventMap["read_updated"],
): void {
	moveRead(work, data.channel_id, data.last_read_id, data.rev);
}

/** The hub's exact count, for the channel that was opened. */
export function applyReadState(work: Work, state: ReadState): void {
	const read = readOf(work, state.channel_id);
	if (read.rev !== null && state.rev < read.rev) return;
	read.rev = state.rev;
	read.lastReadId = state.last_read_id;
	read.unread = state.unread;
	const { entry } = work.root.ui;
	if (entry?.channelId !== state.channel_id) return;
	if (entry.lastReadId !== state.last_read_id) return;
	work.at(work.root, "ui").entry = { ...entry, unread: state.unread };
}

export function noteCreated(work: Work, message: Message): void {
	const { channel_id: channelId, id } = message;
	const tracks = work.at(work.root, "tracks");
	const track = work.at(tracks, channelId);
	if (track) track.lastMessageId = newest(track.lastMessageId, id);
	const read = readOf(work, channelId);
	if (isMine(work, message)) {
		read.lastReadId = newest(read.lastReadId, id);
		read.unread = 0;
	} else if (read.unread !== null && isNewer(id, read.lastReadId)) {
		read.unread += 1;
	}
}

/** A message of mine was stored: whoever writes has read what is above. */
export function noteSent(work: Work, channelId: Id, messageId: Id): void {
	const track = work.root.tracks[channelId];
	if (!track || !isNewer(messageId, track.lastMessageId)) return;
	work.at(work.at(work.root, "tracks"), channelId).lastMessageId = messageId;
	const read = readOf(work, channelId);
	read.lastReadId = newest(read.lastReadId, messageId);
	read.unread = 0;
}

/** A deleted message is no longer unread, nor the channel's last. */
export function noteDeleted(work: Work, message: Message): void {
	const { channel_id: channelId, id } = message;
	const read = work.root.reads[channelId];
	if (read?.unread && isNewer(id, read.lastReadId) && !isMine(work, message))
		readOf(work, channelId).unread = read.unread - 1;
	const track = work.root.tracks[channelId];
	if (!track || track.lastMessageId !== id) return;
	const timeline = work.root.timelines[channelId];
	if (timeline?.status !== "ready" || timeline.hasNewer) return;
	const previous = timeline.ids.findLast((other) => other !== id) ?? null;
	work.at(work.at(work.root, "tracks"), channelId).lastMessageId = previous;
}

export function setUnreadUnknown(work: Work, channelId: Id): void {
	const read = readOf(work, channelId);
	read.unread = isCaughtUp(work, channelId, read.lastReadId) ? 0 : null;
}

function isCaughtUp(work: Work, channelId: Id, lastReadId: Id | null): boolean {
	const last = work.root.tracks[channelId]?.lastMessageId ?? null;
	return !isNewer(last, lastReadId);
}

function isMine(work: Work, message: Message): boolean {
	const { session } = work.root;
	return session.status === "signed_in" && session.me.id === message.author.id;
}
