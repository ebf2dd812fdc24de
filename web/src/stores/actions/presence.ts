/** Reading positions, member lists and the own status. */
import type { ChosenStatus, Id, RowRange } from "@/api/types.ts";
import { ports } from "../ports.ts";
import { selectPrevious } from "../selectors.ts";
import type { Entry } from "../state.ts";
import { dispatchLocal, getState } from "../store.ts";
import { loadRead } from "./history.ts";

/**
 * Marks everything in the channel as read and takes its divider away. Reading
 * itself needs no call: see `useReadMarks`.
 */
export async function markRead(channelId: Id): Promise<void> {
	const messageId = getState().tracks[channelId]?.lastMessageId;
	dispatchLocal({ do: "entry_set", channelId, entry: null });
	if (messageId) await markReadTo(channelId, messageId);
}

/** Moves the reading position, forwards or back. */
export async function markReadTo(channelId: Id, messageId: Id): Promise<void> {
	dispatchLocal({ do: "read", channelId, messageId, rev: null });
	const { rev } = await ports().command("channel_read", {
		channel_id: channelId,
		message_id: messageId,
	});
	dispatchLocal({ do: "read", channelId, messageId, rev });
}

/** Marks a message and all after it as unread; throws when the hub does not take it. */
export async function markUnread(channelId: Id, messageId: Id): Promise<void> {
	const state = getState();
	const before = selectPrevious(state, channelId, messageId);
	if (before === null) return;
	const wasRead = state.reads[channelId]?.lastReadId;
	const wasEntry = entryOf(channelId);
	const sent = markReadTo(channelId, before);
	// Wherever it was before: a mark that is put further on is held like one further back.
	const at = wasEntry?.at ?? 0;
	const held = {
		channelId,
		lastReadId: before,
		unread: 0,
		at,
		isHeld: true,
		markedId: messageId,
	};
	dispatchLocal({ do: "entry_set", channelId, entry: held });
	try {
		await sent;
	} catch (error) {
		takeBack(held, wasEntry, wasRead);
		throw error;
	}
	await loadRead(channelId);
}

function entryOf(channelId: Id): Entry | null {
	const { entry } = getState().ui;
	return entry?.channelId === channelId ? entry : null;
}

/** Puts back what a mark has changed, unless somebody has read or marked elsewhere since. */
function takeBack(
	{ channelId, lastReadId }: Entry,
	wasEntry: Entry | null,
	wasRead: Id | null | undefined,
): void {
	if (getState().reads[channelId]?.lastReadId !== lastReadId) return;
	if (wasRead)
		dispatchLocal({ do: "read", channelId, messageId: wasRead, rev: null });
	dispatchLocal({ do: "entry_set", channelId, entry: wasEntry });
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
