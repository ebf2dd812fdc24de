/**
 * Reading positions that were moved here and of which the hub has not answered yet. The last of
 * them is shown. Behind them is what the hub has said, which is shown again when it takes none.
 */
import type { Id } from "@/api/types.ts";
import type { ReadAnswered, ReadMoved } from "../inputs.ts";
import type { Entry, Moves, Read } from "../state.ts";
import type { Work } from "../work.ts";
import {
	countEntry,
	isCaughtUp,
	moveEntry,
	movePosition,
	moveRead,
} from "./reads.ts";

export function beginMove(
	work: Work,
	{ channelId, messageId, key, entry }: ReadMoved,
): void {
	const moves = work.at(work.root, "moves");
	const { behind, waiting } = moves[channelId] ?? {
		behind: behindOf(work, channelId),
		waiting: [],
	};
	const move = { key, messageId, entry };
	moves[channelId] = work.own({ behind, waiting: [...waiting, move] });
	movePosition(work, channelId, messageId);
	if (entry !== undefined) setEntry(work, channelId, entry);
}

/** A copy: what is shown goes on changing. */
function behindOf(work: Work, channelId: Id): Moves["behind"] {
	const read = work.root.reads[channelId];
	const { entry } = work.root.ui;
	return {
		read: read && { ...read },
		entry: entry?.channelId === channelId ? entry : null,
	};
}

/** The hub has taken it, or has not: then the one before is shown, or what is behind. */
export function endMove(
	work: Work,
	{ channelId, key, rev }: ReadAnswered,
): void {
	const move = work.root.moves[channelId]?.waiting.find(
		(one) => one.key === key,
	);
	if (!move) return;
	if (rev !== null) moveRead(work, channelId, move.messageId, rev);
	const moves = work.at(work.root, "moves");
	const { behind, waiting } = moves[channelId] ?? {};
	if (!behind || !waiting) return;
	const left = waiting.filter((one) => one !== move);
	if (left.length > 0) moves[channelId] = work.own({ behind, waiting: left });
	else delete moves[channelId];
	const last = left.at(-1);
	const to = last ? { lastReadId: last.messageId, unread: null } : behind.read;
	const from = work.root.reads[channelId]?.lastReadId ?? null;
	goBack(work, channelId, to);
	if (!last && behind.entry === undefined)
		return moveEntry(work, channelId, from, to?.lastReadId ?? null);
	if (rev !== null || move.entry === undefined) return;
	const before = left.findLast(({ entry }) => entry !== undefined) ?? behind;
	if (before.entry !== undefined) setEntry(work, channelId, before.entry);
	if (work.root.reads[channelId]?.unread != null) countEntry(work, channelId);
}

/** Shows a position as it was before, with what has come since. */
function goBack(
	work: Work,
	channelId: Id,
	to: Pick<Read, "lastReadId" | "unread"> | undefined,
): void {
	const now = work.root.reads[channelId];
	const reads = work.at(work.root, "reads");
	if (!now || !to) {
		delete reads[channelId];
		return;
	}
	const { lastReadId } = to;
	const counted = lastReadId === now.lastReadId ? now.unread : null;
	const unread = isCaughtUp(work, channelId, lastReadId)
		? 0
		: (to.unread ?? counted);
	reads[channelId] = work.own({ lastReadId, rev: now.rev, unread });
}

function setEntry(work: Work, channelId: Id, entry: Entry | null): void {
	if (work.root.ui.openChannelId === channelId)
		work.at(work.root, "ui").entry = entry;
}
