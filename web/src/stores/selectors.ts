/**
 * Questions to the state. Those that build lists remember their last answer,
 * so that the same state gives the same object.
 */
import type { Channel, Id, Message, PublicUser } from "@/api/types.ts";
import { editsIn, placeOfDraft } from "@/lib/draftKey.ts";
import { onForget } from "@/lib/forget.ts";
import { isNewer } from "@/lib/ids.ts";
import { grants, type Permission } from "@/lib/permissions.ts";
import type { Entry, Gone, Pending, State, Timeline } from "./state.ts";
import { type TimelineRow, timelineRows } from "./timelineRows.ts";

export function selectMe(state: State) {
	return state.session.status === "signed_in" ? state.session.me : null;
}

/** The author as known now; the row's own copy when nothing newer is. */
export function selectAuthor(state: State, message: Message): PublicUser {
	return state.users[message.author.id] ?? message.author;
}

export function selectMessage(
	state: State,
	channelId: Id,
	id: Id,
): Message | undefined {
	return state.timelines[channelId]?.byId[id];
}

export function selectPending(
	state: State,
	channelId: Id,
	nonce: string,
): Pending | undefined {
	return state.outbox[channelId]?.find((row) => row.nonce === nonce);
}

const noPending: readonly Pending[] = [];

export function selectOutbox(state: State, channelId: Id): readonly Pending[] {
	return state.outbox[channelId] ?? noPending;
}

/** Messages that still have to reach the hub, refused ones not counted. */
export function selectWaitingCount(state: State): number {
	return Object.values(state.outbox)
		.flat()
		.filter(({ state }) => state.status !== "failed" && state.status !== "sent")
		.length;
}

/** What I would lose by leaving this device now. */
export function selectUnsent({ outbox, drafts }: State): {
	messages: number;
	drafts: number;
} {
	const messages = Object.values(outbox)
		.flat()
		.filter(({ state }) => state.status !== "sent").length;
	const begun = Object.values(drafts).filter((text) => text.trim());
	return { messages, drafts: begun.length };
}

/** Whether all channels of all servers have come: one that has not is not gone. */
export function selectHasAllChannels({ channels, servers }: State): boolean {
	return servers.order.every(
		(id) => channels.byServer[id] && !servers.byId[id]?.following?.length,
	);
}

/** What was written in channels that are not there any more; nothing until all channels are known. */
export function selectOrphans(
	state: State,
): Pick<Gone, "channelId" | "draft" | "unsent" | "edits">[] {
	if (!selectHasAllChannels(state)) return [];
	const { channels, drafts, outbox } = state;
	const keys = Object.keys(drafts).map((key) => placeOfDraft(key).channelId);
	const ids = new Set([...keys, ...Object.keys(outbox)]);
	return [...ids]
		.filter((id) => channels.byId[id] === undefined)
		.map((channelId) => ({
			channelId,
			draft: drafts[channelId] ?? "",
			unsent: (outbox[channelId] ?? []).filter(
				({ state }) => state.status !== "sent",
			),
			edits: editsIn(drafts, channelId),
		}))
		.filter(
			({ draft, unsent, edits }) =>
				draft.trim() || unsent.length > 0 || edits.length > 0,
		);
}

/** Whether there is a change of a message in the channel that is begun, be the message here or not. */
export function selectHasBegunEdit(state: State, channelId: Id): boolean {
	return editsIn(state.drafts, channelId).some(({ text }) => text.trim());
}

/** The newest change of a message in the channel that is begun and can be gone on with. */
export function selectBegunEdit(state: State, channelId: Id): Id | null {
	const rows = state.timelines[channelId]?.byId ?? {};
	const begun = editsIn(state.drafts, channelId).filter(
		({ messageId }) => rows[messageId],
	);
	return begun.reduce<Id | null>(
		(newest, { messageId }) =>
			isNewer(messageId, newest) ? messageId : newest,
		null,
	);
}

/** Begun changes, by the keys of their drafts, whose messages are not there any more. */
export function selectLostEdits(state: State): string[] {
	// Until then what is not here may be on its way.
	if (state.connection.status !== "live") return [];
	return Object.keys(state.drafts).filter((key) => {
		const { channelId, messageId } = placeOfDraft(key);
		if (messageId === null || !state.channels.byId[channelId]) return false;
		return (
			state.ui.lostEdits.includes(key) || isMissing(state, channelId, messageId)
		);
	});
}

/** Whether a message would be in the part of the history that is loaded, and is not. */
function isMissing(state: State, channelId: Id, id: Id): boolean {
	const timeline = state.timelines[channelId];
	if (timeline?.status !== "ready" || selectIsBehind(state, channelId))
		return false;
	if (timeline.byId[id]) return false;
	const [first, last] = [timeline.ids[0], timeline.ids.at(-1)];
	const isAbove = timeline.hasOlder && (!first || isNewer(first, id));
	const isBelow = timeline.hasNewer && (!last || isNewer(id, last));
	return !isAbove && !isBelow;
}

export function selectIsUnread(state: State, channelId: Id): boolean {
	const read = state.reads[channelId];
	if (!read) return false;
	const last = state.tracks[channelId]?.lastMessageId ?? null;
	return isNewer(last, read.lastReadId);
}

/** Null when there are some but nobody has counted them. */
export function selectUnreadCount(state: State, channelId: Id): number | null {
	if (!selectIsUnread(state, channelId)) return 0;
	// What is mine alone, marked as unread, is not counted.
	return state.reads[channelId]?.unread || null;
}

/**
 * What the open channel was opened with, as long as nothing was read in it since, here or elsewhere;
 * a mark that is held is another matter.
 */
export function selectUnmovedEntry(state: State, channelId: Id): Entry | null {
	const entry = entryOf(state, channelId);
	const lastReadId = state.reads[channelId]?.lastReadId ?? null;
	return entry?.isHeld || entry?.lastReadId !== lastReadId ? null : entry;
}

/** Whether what is new in the open channel begins further up than what is loaded. */
export function selectIsNewsBefore(state: State, channelId: Id): boolean {
	const timeline = state.timelines[channelId];
	const entry = entryOf(state, channelId);
	const first = timeline?.ids[0];
	if (!entry || !first || !timeline.hasOlder) return false;
	return isNewer(first, entry.lastReadId);
}

/** The message before one that is shown; null when there is none, as before the first of all. */
export function selectPrevious(
	state: State,
	channelId: Id,
	messageId: Id,
): Id | null {
	const ids = state.timelines[channelId]?.ids ?? [];
	return ids[ids.indexOf(messageId) - 1] ?? null;
}

export function selectIsServerUnread(state: State, serverId: Id): boolean {
	const ids = state.channels.byServer[serverId];
	const isKnown = ids?.some((id) => state.reads[id] !== undefined);
	if (!ids || !isKnown) return state.servers.byId[serverId]?.isUnread ?? false;
	return ids.some((id) => selectIsUnread(state, id));
}

/** Whether anything is unread, in whatever server, but in the channel that is left out. */
export function selectHasUnread(state: State, but: Id | null = null): boolean {
	const own = but === null ? undefined : state.channels.byId[but]?.server_id;
	return state.servers.order.some((serverId) => {
		if (serverId !== own) return selectIsServerUnread(state, serverId);
		const ids = state.channels.byServer[serverId] ?? [];
		return ids.some((id) => id !== but && selectIsUnread(state, id));
	});
}

export function selectIsOwner(state: State, serverId: Id): boolean {
	const me = selectMe(state);
	const details = state.servers.byId[serverId]?.details;
	return me !== null && details?.owner_id === me.id;
}

/** Whether I may order channels: those of the server that is open, or of any where none is. */
export function selectMayArrange(state: State): boolean {
	const open = state.channels.byId[state.ui.openChannelId ?? ""];
	return open
		? selectIsOwner(state, open.server_id)
		: state.servers.order.some((id) => selectIsOwner(state, id));
}

/** Whether I may; a hint for what to show, the hub decides. */
export function selectCan(
	state: State,
	serverId: Id,
	wanted: Permission,
): boolean {
	return grants(state.servers.byId[serverId]?.permissions ?? "0", wanted);
}

/** The same in a channel; undefined of one that has just come, of which it is not known yet. */
export function selectCanInChannel(
	state: State,
	channelId: Id,
	wanted: Permission,
): boolean | undefined {
	const known = state.channelPermissions[channelId];
	return known === undefined ? undefined : grants(known, wanted);
}

const noChannels: readonly Channel[] = [];

/** The channels of a server, in order: mine, while the hub has not told one since. */
export const selectChannels = remembered(
	(state: State, serverId: Id) => [
		state.channels.byId,
		state.channels.byServer[serverId],
		state.arranged[serverId]?.order,
	],
	(state, serverId): readonly Channel[] => {
		const known = state.channels.byServer[serverId];
		const order = state.arranged[serverId]?.order;
		// A channel that came or went meanwhile is in no arrangement, or still in it.
		const ids = known && order ? [...new Set([...order, ...known])] : known;
		return ids?.flatMap((id) => state.channels.byId[id] ?? []) ?? noChannels;
	},
);

const nobody: readonly PublicUser[] = [];

/** Who is typing, the first one first. */
export const selectTyping = remembered(
	(state: State, channelId: Id) => [state.typing[channelId], state.users],
	(state, channelId): readonly PublicUser[] => {
		const marks = state.typing[channelId];
		if (!marks) return nobody;
		return Object.keys(marks).flatMap((id) => state.users[id] ?? []);
	},
);

/** A channel's message list. */
export type TimelineView = {
	/** `absent`: the channel has not been opened yet. */
	status: Timeline["status"] | "absent";
	rows: readonly TimelineRow[];
	hasOlder: boolean;
	hasNewer: boolean;
	isLoadingOlder: boolean;
	isLoadingNewer: boolean;
	/** There is something newer, and it could not be loaded. */
	isNewerFailed: boolean;
	/** Something changed that is not here yet; it is being fetched. */
	isBehind: boolean;
};

export const selectTimeline = remembered(
	(state: State, channelId: Id) => [
		state.timelines[channelId],
		selectOutbox(state, channelId),
		entryOf(state, channelId),
		selectMe(state)?.id,
		selectIsBehind(state, channelId),
	],
	(state, channelId): TimelineView => {
		const timeline = state.timelines[channelId];
		const isBehind = selectIsBehind(state, channelId);
		const hasNewer = timeline?.hasNewer ?? false;
		return {
			status: timeline?.status ?? "absent",
			rows: selectRows(state, channelId),
			hasOlder: timeline?.hasOlder ?? false,
			hasNewer,
			isLoadingOlder: timeline?.isLoadingOlder ?? false,
			isLoadingNewer: timeline?.isLoadingNewer ?? false,
			isNewerFailed:
				(hasNewer || isBehind) && (timeline?.hasFailedNewer ?? false),
			isBehind,
		};
	},
);

const selectRows = remembered(
	(state: State, channelId: Id) => [
		// Not the window itself: it is new whenever a load begins or ends.
		state.timelines[channelId]?.ids,
		state.timelines[channelId]?.hasOlder,
		state.timelines[channelId]?.hasNewer,
		selectOutbox(state, channelId),
		entryOf(state, channelId),
		selectMe(state)?.id,
	],
	(state, channelId): readonly TimelineRow[] =>
		timelineRows({
			timeline: state.timelines[channelId] ?? null,
			pending: selectOutbox(state, channelId),
			entry: entryOf(state, channelId),
			meId: selectMe(state)?.id ?? null,
		}),
);

/** Whether the hub has changes of a kept channel that are not here. */
export function selectIsBehind(state: State, channelId: Id): boolean {
	const track = state.tracks[channelId];
	const timeline = state.timelines[channelId];
	if (!track || !timeline) return false;
	return timeline.isStale || (track.last !== null && track.head > track.last);
}

/** Whether what is kept of a channel is what the hub has. */
export function selectIsCurrent(state: State, channelId: Id): boolean {
	return (
		state.connection.status === "live" && !selectIsBehind(state, channelId)
	);
}

function entryOf(state: State, channelId: Id): Entry | null {
	const { entry } = state.ui;
	return entry?.channelId === channelId ? entry : null;
}

/** Keys whose answers are remembered: more than are ever on the screen at once. */
const answersMax = 64;

/** Remembers one answer per key, as long as what it was made of is the same. */
function remembered<T>(
	parts: (state: State, key: Id) => readonly unknown[],
	make: (state: State, key: Id) => T,
): (state: State, key: Id) => T {
	const answers = new Map<Id, { parts: readonly unknown[]; answer: T }>();
	onForget(() => answers.clear());
	return (state, key) => {
		const now = parts(state, key);
		const known = answers.get(key);
		if (known?.parts.every((part, index) => Object.is(part, now[index])))
			return known.answer;
		const answer = make(state, key);
		answers.delete(key);
		answers.set(key, { parts: now, answer });
		const [oldest] = answers.keys();
		if (answers.size > answersMax && oldest !== undefined)
			answers.delete(oldest);
		return answer;
	};
}
