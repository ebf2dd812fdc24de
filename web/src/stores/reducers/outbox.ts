/** Messages of mine that the hub has not shown back yet. */
import type { Id, Message } from "@/api/types.ts";
import type { Pending, PendingState } from "../state.ts";
import type { Work } from "../work.ts";

type Ack = { channelId: Id; nonce: string; id: Id; seq: number };

/** Adds or replaces one; a message whose row is already here is not pending. */
export function putPending(work: Work, pending: Pending): void {
	const { channelId, nonce } = pending;
	if (hasRow(work, channelId, (row) => row.nonce === nonce)) return;
	const outbox = work.at(work.root, "outbox");
	outbox[channelId] ??= work.own([]);
	const rows = work.at(outbox, channelId);
	const place = rows.findIndex((row) => row.nonce === nonce);
	if (place === -1) rows.push(pending);
	else rows[place] = pending;
}

export function setPendingState(
	work: Work,
	channelId: Id,
	nonce: string,
	state: PendingState,
): void {
	const row = work.root.outbox[channelId]?.find((one) => one.nonce === nonce);
	// The hub's word is final: nothing goes back from sent.
	if (!row || row.state.status === "sent") return;
	putPending(work, { ...row, state });
}

export function removePending(work: Work, channelId: Id, nonce: string): void {
	const rows = work.root.outbox[channelId];
	if (!rows?.some((row) => row.nonce === nonce)) return;
	const outbox = work.at(work.root, "outbox");
	const left = rows.filter((row) => row.nonce !== nonce);
	if (left.length > 0) outbox[channelId] = left;
	else delete outbox[channelId];
}

/** The hub has stored it; whichever of this and its row is first, wins. */
export function acknowledge(work: Work, ack: Ack): void {
	const { channelId, nonce, id, seq } = ack;
	const track = work.root.tracks[channelId];
	const isKnown =
		hasRow(work, channelId, (row) => row.id === id) ||
		(track?.last !== null && track !== undefined && track.last >= seq) ||
		work.root.timelines[channelId] === undefined;
	if (isKnown) removePending(work, channelId, nonce);
	else setPendingState(work, channelId, nonce, { status: "sent", id, seq });
}

/** A row of the hub takes the place of the pending one it was. */
export function resolveOutbox(work: Work, message: Message): void {
	const rows = work.root.outbox[message.channel_id];
	const { session } = work.root;
	if (!rows || session.status !== "signed_in") return;
	if (message.author.id !== session.me.id) return;
	for (const row of rows) {
		const isSame =
			row.nonce === message.nonce ||
			(row.state.status === "sent" && row.state.id === message.id);
		if (isSame) removePending(work, message.channel_id, row.nonce);
	}
}

/** Past its sequence number a row has come, or was deleted before it could. */
export function settleSent(work: Work, channelId: Id, last: number): void {
	for (const { nonce, state } of work.root.outbox[channelId] ?? [])
		if (state.status === "sent" && state.seq <= last)
			removePending(work, channelId, nonce);
}

/** Their rows are of a past that the hub has no more, or come with what it has. */
export function forgetSent(work: Work): void {
	for (const [channelId, rows] of Object.entries(work.root.outbox))
		for (const { nonce, state } of rows)
			if (state.status === "sent") removePending(work, channelId, nonce);
}

function hasRow(
	work: Work,
	channelId: Id,
	matches: (row: Message) => boolean,
): boolean {
	const { session } = work.root;
	if (session.status !== "signed_in") return false;
	const timeline = work.root.timelines[channelId];
	return Object.values(timeline?.byId ?? {}).some(
		(row) => row.author.id === session.me.id && matches(row),
	);
}
