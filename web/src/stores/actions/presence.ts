/** Reading positions, member lists and the own status. */
import type { ChosenStatus, Id, RowRange } from "@/api/types.ts";
import { isNewer } from "@/lib/ids.ts";
import { ports } from "../ports.ts";
import { selectPrevious } from "../selectors.ts";
import type { Entry } from "../state.ts";
import { dispatchLocal, getState } from "../store.ts";
import { loadRead } from "./history.ts";

/**
 * Marks everything in the channel as read and takes its divider away; throws when the hub does not
 * take it, which is not asked where all is read. Reading itself needs no call: see `useReadMarks`.
 */
export async function markRead(channelId: Id): Promise<void> {
	const { tracks, reads, moves } = getState();
	const last = tracks[channelId]?.lastMessageId;
	const lastReadId = reads[channelId]?.lastReadId ?? null;
	// What is read by a move that waits may be unread again.
	if (last && (moves[channelId] || isNewer(last, lastReadId)))
		await move(channelId, last, null);
	else dispatchLocal({ do: "entry_set", channelId, entry: null });
}

/** Moves the reading position, forwards or back; throws when the hub does not take it. */
export async function markReadTo(channelId: Id, messageId: Id): Promise<void> {
	await move(channelId, messageId, undefined);
}

/** Marks a message and all after it as unread; throws when the hub does not take it. */
export async function markUnread(channelId: Id, messageId: Id): Promise<void> {
	const before = selectPrevious(getState(), channelId, messageId);
	if (before === null) return;
	await move(channelId, before, {
		channelId,
		lastReadId: before,
		unread: 0,
		// Wherever it was before: a mark that is put further on is held like one further back.
		at: entryOf(channelId)?.at ?? 0,
		isHeld: true,
		markedId: messageId,
	});
	await loadRead(channelId);
}

/** The same, seen only when the hub has taken it. */
export async function askReadTo(channelId: Id, messageId: Id): Promise<void> {
	const rev = await tell(channelId, messageId);
	dispatchLocal({ do: "read", channelId, messageId, rev });
}

let nextKey = 1;

/**
 * Moves the position and, unless it is undefined, the divider, at once; they go back when the hub
 * does not take it.
 */
async function move(
	channelId: Id,
	messageId: Id,
	entry: Entry | null | undefined,
): Promise<void> {
	const key = nextKey++;
	dispatchLocal({ do: "read_moved", channelId, messageId, key, entry });
	try {
		const rev = await tell(channelId, messageId);
		dispatchLocal({ do: "read_answered", channelId, key, rev });
	} catch (error) {
		dispatchLocal({ do: "read_answered", channelId, key, rev: null });
		throw error;
	}
}

/** Tells the hub how far I have read; answers the number of that change. */
async function tell(channelId: Id, messageId: Id): Promise<number> {
	const { rev } = await ports().command("channel_read", {
		channel_id: channelId,
		message_id: messageId,
	});
	return rev;
}

function entryOf(channelId: Id): Entry | null {
	const { entry } = getState().ui;
	return entry?.channelId === channelId ? entry : null;
}

/** Watches these rows of a member list; an empty list ends it. */
export function subscribeMembers(serverId: Id, ranges: RowRange[]): void {
	ports().watchMembers(serverId, ranges);
}

/** Chooses what others see of me. */
export async function setStatus(status: ChosenStatus): Promise<void> {
	const before = getState().status;
	dispatchLocal({ do: "status", status });
	try {
		await ports().command("presence_set", { status });
	} catch (error) {
		dispatchLocal({ do: "status", status: before });
		throw error;
	}
}

/** Connects now instead of at the next try. */
export function tryNow(): void {
	ports().reconnect();
}

/** The notice about a lost server or lost channels has been shown. */
export function lostShown(): void {
	dispatchLocal({ do: "lost_shown" });
}
