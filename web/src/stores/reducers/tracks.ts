/**
 * The rule of order of a channel: what is known is dropped, what follows is
 * applied, what is ahead waits until a sync has filled the gap. Every durable
 * change of a channel passes here, from events and from syncs.
 */
import type {
	ChannelChanges,
	ChannelHead,
	Head,
	Id,
	Message,
	MessagePage,
	WatchedChannel,
} from "@/api/types.ts";
import { editsOf } from "@/lib/draftKey.ts";
import { bufferedMax, type ChannelChange, type Track } from "../state.ts";
import type { Work } from "../work.ts";
import { resolveOutbox, settleSent } from "./outbox.ts";
import { noteCreated, noteDeleted, setUnreadUnknown } from "./reads.ts";
import {
	newestChange,
	setFailedNewer,
	takeRow,
	timelineOf,
} from "./timelines.ts";
import { stopTyping } from "./typing.ts";
import { learnUser, recallUser } from "./users.ts";

/**
 * The sequence numbers that a change of a channel takes: the first of them, and the last. An older hub names
 * the one that there is.
 */
type Seqs = { first_seq?: number; seq: number };

/**
 * One change of a channel as an event brought it, and which message is the channel's newest since;
 * undefined when that has not changed.
 */
export function receive(
	work: Work,
	{ seq, first_seq: first = seq }: Seqs,
	change: ChannelChange,
	lastMessageId?: Id | null,
): void {
	const channelId = change.message.channel_id;
	if (!work.root.channels.byId[channelId]) return;
	const hasWindow = work.root.timelines[channelId] !== undefined;
	const track = ensureTrack(work, channelId, hasWindow ? null : first - 1);
	track.head = Math.max(track.head, seq);
	if (lastMessageId !== undefined) noteNewest(track, seq, lastMessageId);
	if (track.last !== null && seq <= track.last) return;
	if (track.last !== null && (first <= track.last + 1 || !hasWindow)) {
		// Where no row is kept, none can be missing; only the count is lost.
		if (first > track.last + 1) setUnreadUnknown(work, channelId);
		track.last = seq;
		applyChange(work, change);
		drain(work, channelId);
		return;
	}
	if (Object.keys(track.buffered).length < bufferedMax)
		work.at(track, "buffered")[first] = { change, through: seq };
}

/** An answer to `channel_sync`. */
export function applySync(
	work: Work,
	channelId: Id,
	changes: ChannelChanges,
): void {
	if (!work.root.tracks[channelId]) return;
	setFailedNewer(work, channelId, false);
	const track = trackOf(work, channelId);
	if (changes.reset) {
		const timeline = timelineOf(work, channelId);
		if (timeline) timeline.isStale = true;
		track.last = changes.through;
		track.head = changes.through;
	} else {
		for (const row of changes.rows) applySyncedRow(work, row);
		track.last = Math.max(track.last ?? 0, changes.through);
		track.head = Math.max(track.head, changes.through);
	}
	noteNewest(track, changes.through, changes.last_message_id);
	setUnreadUnknown(work, channelId);
	drain(work, channelId);
}

/** A connection begins: the hub has to know at least what is known here. */
export function noteFloors(work: Work): void {
	const tracks = work.at(work.root, "tracks");
	for (const id of Object.keys(tracks)) {
		const track = work.at(tracks, id);
		if (track) track.floor = track.last;
	}
}

/** A channel that was made while this client is connected. */
export function beginTrack(work: Work, channelId: Id): void {
	ensureTrack(work, channelId, 0);
}

/** A channel's row in `server_reads`. */
export function applyHead(work: Work, head: ChannelHead): void {
	const known = work.root.tracks[head.id];
	if (known?.floor != null && head.last_seq < known.floor)
		return beginAnew(work, head);
	if (known?.floor != null) trackOf(work, head.id).floor = null;
	const hasWindow = work.root.timelines[head.id] !== undefined;
	ensureTrack(work, head.id, hasWindow ? null : head.last_seq);
	raiseHead(work, head);
}

/** Of two that say which message is the newest, the one as of the later change holds. */
function noteNewest(track: Track, seq: number, id: Id | null): void {
	if (seq < track.lastMessageSeq) return;
	track.lastMessageSeq = seq;
	track.lastMessageId = id;
}

/**
 * The hub has lost a tail that was seen here (a backup, a stand-in that had not everything): the
 * same numbers mean other messages now, so nothing that is kept of the channel counts.
 */
function beginAnew(work: Work, head: ChannelHead): void {
	const track = trackOf(work, head.id);
	track.last = head.last_seq;
	track.head = head.last_seq;
	track.lastMessageId = head.last_message_id;
	track.lastMessageSeq = head.last_seq;
	track.floor = null;
	track.buffered = {};
	const timeline = timelineOf(work, head.id);
	if (timeline)
		Object.assign(timeline, { isStale: true, deleted: {}, overlay: {} });
	setUnreadUnknown(work, head.id);
}

/**
 * The hub says how far the channel has come, and by its newest message whether
 * anything is unread. Where rows are kept, a sync brings what is missing.
 * Elsewhere this is all there will be: the count is lost.
 */
export function raiseHead(work: Work, head: Head): void {
	if (!work.root.tracks[head.id]) return;
	const track = trackOf(work, head.id);
	track.head = Math.max(track.head, head.last_seq);
	noteNewest(track, head.last_seq, head.last_message_id);
	const hasWindow = work.root.timelines[head.id] !== undefined;
	if (!hasWindow && head.last_seq > (track.last ?? 0)) {
		track.last = head.last_seq;
		setUnreadUnknown(work, head.id);
	}
	drain(work, head.id);
}

/** What lies between this and what is here has to be asked for; what follows comes by itself. */
export function applyWatched(
	work: Work,
	channels: readonly WatchedChannel[],
): void {
	for (const { id, last_seq, last_message_id } of channels)
		if (last_seq !== null) raiseHead(work, { id, last_seq, last_message_id });
}

/**
 * A page has taken the place of the window. It does not say at which sequence
 * number it was read, but that is at least its newest change: up to there the
 * channel is known.
 */
export function noteWindow(work: Work, channelId: Id, page: MessagePage): void {
	const track = ensureTrack(work, channelId, null);
	const known = newestChange(page);
	const newestRow = page.items.at(-1);
	if (newestRow && !page.has_newer) noteNewest(track, known, newestRow.id);
	// Changes after the page's last row may be news for the unread mark.
	if (track.last !== null && page.has_newer) return;
	if (track.last !== null && known > track.last)
		setUnreadUnknown(work, channelId);
	track.last = Math.max(track.last ?? 0, known);
	track.head = Math.max(track.head, track.last);
	drain(work, channelId);
}

function ensureTrack(work: Work, channelId: Id, last: number | null): Track {
	const tracks = work.at(work.root, "tracks");
	tracks[channelId] ??= work.own({
		last,
		head: last ?? 0,
		lastMessageId: null,
		lastMessageSeq: 0,
		buffered: {},
	});
	return work.at(tracks, channelId);
}

function trackOf(work: Work, channelId: Id): Track {
	return ensureTrack(work, channelId, null);
}

/** Applies what waited and now follows; forgets what is known. */
function drain(work: Work, channelId: Id): void {
	const track = trackOf(work, channelId);
	if (track.last === null) return;
	drainBuffered(work, track, track.last);
	settleSent(work, channelId, track.last);
}

function drainBuffered(work: Work, track: Track, from: number): void {
	if (Object.keys(track.buffered).length === 0) return;
	track.last = from;
	const buffered = work.at(track, "buffered");
	for (const first of Object.keys(buffered).map(Number)) {
		// Integer keys come in ascending order.
		const waiting = buffered[first];
		if (!waiting || first > track.last + 1) continue;
		delete buffered[first];
		if (waiting.through <= track.last) continue;
		track.last = waiting.through;
		applyChange(work, waiting.change);
	}
}

function applyChange(work: Work, { isCreated, message }: ChannelChange): void {
	learnUser(work, message.author);
	applyRow(work, message);
	if (!isCreated) return;
	stopTyping(work, message.channel_id, message.author.id);
	noteCreated(work, message);
}

function applySyncedRow(work: Work, message: Message): void {
	recallUser(work, message.author);
	applyRow(work, message);
}

function applyRow(work: Work, message: Message): void {
	resolveOutbox(work, message);
	if (message.is_deleted) {
		noteDeleted(work, message);
		noteLostEdit(work, message);
	}
	takeRow(work, message);
}

/** Whoever is changing it may be elsewhere, and no part of the history that would tell may be loaded. */
function noteLostEdit(work: Work, { channel_id, id }: Message): void {
	const begun = editsOf(work.root.drafts, channel_id, id);
	if (begun.length === 0) return;
	const ui = work.at(work.root, "ui");
	ui.lostEdits = [...ui.lostEdits, ...begun.map(({ key }) => key)];
}
