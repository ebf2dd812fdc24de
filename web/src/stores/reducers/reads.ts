/**
 * Reading positions and unread counts. The hub's numbers are the truth, of what I write
 * myself as well; in between, every message of someone else adds one.
 */
import type { EventMap, Id, Message, ReadState } from "@/api/types.ts";
import { isNewer } from "@/lib/ids.ts";
import type { Entry, Read } from "../state.ts";
import type { Work } from "../work.ts";

const nothingRead: Read = { lastReadId: null, rev: null, unread: null };

function readOf(work: Work, channelId: Id): Read {
	const reads = work.at(work.root, "reads");
	reads[channelId] ??= work.own({ ...nothingRead });
	return work.at(reads, channelId);
}

/** A channel that was made while this client is connected: nothing in it is unread yet. */
export function beginRead(work: Work, channelId: Id): void {
	const reads = work.at(work.root, "reads");
	reads[channelId] ??= work.own({ ...nothingRead, unread: 0 });
}

/** A connection begins: the hub may have been set back, and counts anew from there. */
export function forgetRevs(work: Work): void {
	const reads = work.at(work.root, "reads");
	for (const id of Object.keys(reads)) {
		const read = work.at(reads, id);
		if (read) read.rev = null;
	}
}

/** The position as the hub has read it, which may be before a change that was told already. */
export function setRead(
	work: Work,
	channelId: Id,
	lastReadId: Id | null,
	rev: number,
) {
	const read = readOf(work, channelId);
	if (read.rev !== null && rev < read.rev) return enterLate(work, channelId);
	read.rev = rev;
	const isBehind = noteBehind(work, channelId, lastReadId, rev);
	if (!isBehind && (read.unread === null || read.lastReadId !== lastReadId)) {
		read.lastReadId = lastReadId;
		read.unread = isCaughtUp(work, channelId, lastReadId) ? 0 : null;
	}
	enterLate(work, channelId);
}

/** The hub has moved the position: it was told so, here or elsewhere. */
export function moveRead(
	work: Work,
	channelId: Id,
	messageId: Id,
	rev: number,
): void {
	const read = readOf(work, channelId);
	if (read.rev !== null && rev < read.rev) return;
	read.rev = rev;
	if (!noteBehind(work, channelId, messageId, rev))
		movePosition(work, channelId, messageId);
}

/**
 * What the hub says is behind what I have moved meanwhile, and answers whether that is so. The
 * divider stays as the move has put it that the hub speaks of; of one from elsewhere nothing is known.
 * What the hub has said before changes nothing.
 */
function noteBehind(
	work: Work,
	channelId: Id,
	lastReadId: Id | null,
	rev: number,
	unread: number | null = null,
): boolean {
	if (!work.root.moves[channelId]) return false;
	const moves = work.at(work.at(work.root, "moves"), channelId);
	const before = moves.behind.read;
	const isRepeated = before?.lastReadId === lastReadId;
	const own = moves.waiting.findLast(
		({ messageId }) => messageId === lastReadId,
	);
	const entry = own?.entry === undefined ? moves.behind.entry : own.entry;
	const counted = isRepeated ? before.unread : null;
	moves.behind = {
		read: { lastReadId, rev, unread: unread ?? counted },
		entry: own || isRepeated ? entry : undefined,
	};
	return true;
}

/** Moves the position that is shown. */
export function movePosition(work: Work, channelId: Id, messageId: Id): void {
	const read = readOf(work, channelId);
	const hasMoved = read.lastReadId !== messageId;
	if (hasMoved) moveEntry(work, channelId, read.lastReadId, messageId);
	read.lastReadId = messageId;
	if (isCaughtUp(work, channelId, messageId)) read.unread = 0;
	else if (hasMoved) read.unread = null;
}

/** Whoever goes back, here or on another device, has marked it unread: from there on it is new. */
export function moveEntry(
	work: Work,
	channelId: Id,
	from: Id | null,
	to: Id | null,
): void {
	const { openChannelId, entry } = work.root.ui;
	if (openChannelId !== channelId) return;
	const isHeld = isNewer(from, to);
	if (isHeld) {
		const at = entry?.at ?? 0;
		const moved = { channelId, lastReadId: to, unread: 0, at, isHeld };
		work.at(work.root, "ui").entry = moved;
	} else if (entry?.isHeld)
		work.at(work.root, "ui").entry = { ...entry, isHeld };
}

/** Whether the hub has said on this connection how far the channel was read. */
export function isReadTold(work: Work, channelId: Id): boolean {
	const { status } = work.root.connection;
	// A channel that was made on this connection has no number of a change, and needs none.
	if (status === "live") return work.root.reads[channelId] !== undefined;
	return status === "syncing" && work.root.reads[channelId]?.rev != null;
}

/** The entry of a channel that is opened now, as far as it is known; null when nothing is unread. */
export function entryAt(
	work: Work,
	channelId: Id,
	{ at, heldId }: { at: number; heldId: Id | null },
): Entry | null {
	const { lastReadId, unread } = work.root.reads[channelId] ?? nothingRead;
	if (isCaughtUp(work, channelId, lastReadId)) return null;
	const isHeld = lastReadId !== null && lastReadId === heldId;
	return { channelId, lastReadId, unread: unread ?? 0, at, isHeld };
}

/**
 * The open channel was opened with what this device remembered, or with nothing: what is new in it,
 * and whether a mark is held there still, is as the hub says.
 */
function enterLate(work: Work, channelId: Id): void {
	const { openChannelId, awaited } = work.root.ui;
	if (openChannelId !== channelId || awaited === null) return;
	const entry = entryAt(work, channelId, awaited);
	Object.assign(work.at(work.root, "ui"), { entry, awaited: null });
}

/**
 * The first page of the open channel has come. It may show what the hub had not told yet when the
 * channel was opened: of one that is not watched it tells now and then.
 */
export function enterByPage(work: Work, channelId: Id): void {
	const { openChannelId, entry, awaited } = work.root.ui;
	if (openChannelId !== channelId || entry !== null || awaited !== null) return;
	const found = entryAt(work, channelId, { at: 0, heldId: null });
	if (found) work.at(work.root, "ui").entry = found;
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
	const { channel_id, last_read_id, rev, unread } = state;
	if (noteBehind(work, channel_id, last_read_id, rev, unread)) return;
	read.lastReadId = state.last_read_id;
	read.unread = state.unread;
	countEntry(work, state.channel_id);
}

export function noteCreated(work: Work, message: Message): void {
	const { channel_id: channelId, id } = message;
	if (isMine(work, message)) return;
	for (const read of readsOf(work, channelId))
		if (read.unread !== null && isNewer(id, read.lastReadId)) read.unread += 1;
	if (work.root.reads[channelId]?.unread != null) countEntry(work, channelId);
}

/** A deleted message is no longer unread. */
export function noteDeleted(work: Work, message: Message): void {
	const { channel_id: channelId, id } = message;
	if (!isMine(work, message))
		for (const read of readsOf(work, channelId))
			if (read.unread && isNewer(id, read.lastReadId)) read.unread -= 1;
	countEntry(work, channelId);
}

/** What is shown, and what is behind it; to be changed. */
function readsOf(work: Work, channelId: Id): Read[] {
	const shown = work.root.reads[channelId] ? [readOf(work, channelId)] : [];
	if (!work.root.moves[channelId]) return shown;
	const moves = work.at(work.at(work.root, "moves"), channelId);
	const read = work.at(work.at(moves, "behind"), "read");
	return read ? [...shown, read] : shown;
}

/** What the hub has not said yet is not made up. */
export function setUnreadUnknown(work: Work, channelId: Id): void {
	for (const read of readsOf(work, channelId))
		read.unread = isCaughtUp(work, channelId, read.lastReadId) ? 0 : null;
	countEntry(work, channelId);
}

/** As long as nothing was read since, what is new since the entry is what is unread: one number. */
export function countEntry(work: Work, channelId: Id): void {
	const { entry } = work.root.ui;
	const read = work.root.reads[channelId];
	if (!read || entry?.channelId !== channelId) return;
	const unread = read.unread ?? 0;
	if (entry.lastReadId !== read.lastReadId || entry.unread === unread) return;
	work.at(work.root, "ui").entry = { ...entry, unread };
}

export function isCaughtUp(
	work: Work,
	channelId: Id,
	lastReadId: Id | null,
): boolean {
	const last = work.root.tracks[channelId]?.lastMessageId ?? null;
	return !isNewer(last, lastReadId);
}

function isMine(work: Work, message: Message): boolean {
	const { session } = work.root;
	return session.status === "signed_in" && session.me.id === message.author.id;
}
