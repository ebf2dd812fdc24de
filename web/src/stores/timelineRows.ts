/**
 * What a message list shows, row by row: messages, dividers, what is unsent.
 * Pure; knows no component and measures nothing.
 */
import type { Id, Message, MessageKind } from "@/api/types.ts";
import { isNewer } from "@/lib/ids.ts";
import type { Entry, Pending, Timeline } from "./state.ts";

/** `key` stays the same for the life of a row, also when a sent one arrives. */
export type TimelineRow =
	/** The beginning of the channel. */
	| { kind: "start"; key: string }
	/** The day that begins here, by one of its times. */
	| { kind: "day"; key: string; at: number }
	/** Where I had read to; `count` is 0 when it is not known. */
	| { kind: "unread"; key: string; count: number }
	/** `isGrouped`: goes on where its author left off, without a head. */
	| { kind: "message"; key: string; id: Id; isGrouped: boolean }
	| { kind: "pending"; key: string; nonce: string; isGrouped: boolean };

type TimelineInput = {
	timeline: Pick<Timeline, "byId" | "ids" | "hasOlder" | "hasNewer"> | null;
	pending: readonly Pending[];
	entry: Entry | null;
	meId: Id | null;
	/** Names the day of a time where the reader is. */
	dayOf?: (ms: number) => string;
};

/** Only what somebody wrote is grouped: what a kind of a newer hub says is not known. */
const written: MessageKind = 0;

/** Messages of one author further apart than this each have their head. */
const groupMs = 5 * 60_000;

export function timelineRows(input: TimelineInput): TimelineRow[] {
	const { timeline, pending, meId, dayOf = localDay } = input;
	const rows: TimelineRow[] = [];
	let previous: Written | null = null;
	const open = (next: Written, isSplit: boolean): boolean => {
		const isNewDay = !previous || dayOf(previous.at) !== dayOf(next.at);
		if (isNewDay)
			rows.push({ kind: "day", key: `day:${dayOf(next.at)}`, at: next.at });
		const isGrouped = !isNewDay && !isSplit && continues(previous, next);
		previous = next;
		return isGrouped;
	};

	if (timeline && !timeline.hasOlder)
		rows.push({ kind: "start", key: "start" });
	const firstUnread = firstUnreadOf(input);
	const context = contextOf(timeline);
	for (const id of timeline?.ids ?? []) {
		const message = timeline?.byId[id];
		if (!message) continue;
		if (id === context) {
			previous = writtenOf(message);
			continue;
		}
		const isFirstUnread = id === firstUnread;
		const at = rows.length;
		const isGrouped = open(writtenOf(message), isFirstUnread);
		if (isFirstUnread)
			rows.splice(at, 0, {
				kind: "unread",
				key: "unread",
				count: input.entry?.unread ?? 0,
			});
		rows.push({ kind: "message", key: keyOf(message, meId), id, isGrouped });
	}
	if (timeline?.hasNewer) return rows;
	for (const row of pending) {
		const next = { authorId: meId, at: row.createdAt, isPlain: true };
		const isGrouped = open(next, false);
		const { nonce } = row;
		rows.push({ kind: "pending", key: `mine:${nonce}`, nonce, isGrouped });
	}
	return rows;
}

/**
 * The oldest row of a window that has older ones is not shown: it only tells whether the next one
 * has a head and begins a day. So no row that is on the screen changes when history comes.
 */
export function contextOf(
	timeline: Pick<Timeline, "ids" | "hasOlder"> | null | undefined,
): Id | null {
	if (!timeline?.hasOlder || timeline.ids.length < 2) return null;
	return timeline.ids[0] ?? null;
}

type Written = { authorId: Id | null; at: number; isPlain: boolean };

function writtenOf(message: Message): Written {
	return {
		authorId: message.author.id,
		at: message.created_at,
		isPlain: message.type === written,
	};
}

function continues(previous: Written | null, next: Written): boolean {
	return (
		previous?.isPlain === true &&
		next.isPlain &&
		previous.authorId === next.authorId &&
		next.at - previous.at < groupMs
	);
}

/** The row before which the divider stands; null when that is not in sight. */
function firstUnreadOf({ timeline, entry, meId }: TimelineInput): Id | null {
	if (!timeline || !entry) return null;
	const { ids, byId } = timeline;
	const place = ids.findIndex((id) => isNewer(id, entry.lastReadId));
	// With older messages out of sight, the divider may belong further up.
	if (place === -1 || (place === 0 && timeline.hasOlder)) return null;
	// Where I put the mark myself, there it is seen.
	if (entry.isHeld) return ids[place] ?? null;
	// What I wrote myself is no news.
	const news = ids.slice(place).find((id) => byId[id]?.author.id !== meId);
	return news ?? null;
}

/** My own rows keep the key they had before the hub knew them. */
function keyOf(message: Message, meId: Id | null): string {
	const isMine = message.nonce !== null && message.author.id === meId;
	return isMine ? `mine:${message.nonce}` : message.id;
}

function localDay(ms: number): string {
	const date = new Date(ms);
	return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
