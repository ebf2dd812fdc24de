/**
 * Messages on their way out. A message is stored on this device before it is
 * shown, and removed when the hub has stored it. Each channel sends in order,
 * one at a time; only one tab sends. Losing the network, a busy hub or a rate
 * limit makes messages wait; only the hub's refusal makes one fail, and then
 * its text stays. The nonce makes every repetition harmless.
 */
import { ApiError } from "@/api/errors.ts";
import type { Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import type { Db, StoredMessage } from "@/lib/db.ts";
import type { Lock } from "@/lib/locks.ts";
import type { Tabs } from "@/lib/tabs.ts";
import type { Input } from "@/stores/inputs.ts";
import type { PendingState, State } from "@/stores/state.ts";
import type { Command } from "./commands.ts";

export type OutboxParts = {
	userId: Id;
	db: Db;
	tabs: Tabs;
	lock: Lock;
	command: Command;
	getState: () => State;
	apply: (input: Input) => void;
	/** Whether the hub can be asked right now. */
	canSend: () => boolean;
	now: () => number;
	random: () => number;
	nonce: () => string;
	sleep: (ms: number) => Promise<void>;
};

export type Outbox = {
	/** Shows what an earlier run of the client left, and sends it. */
	restore: () => Promise<void>;
	enqueue: (channelId: Id, content: string) => Promise<void>;
	retry: (channelId: Id, nonce: string) => Promise<void>;
	discard: (channelId: Id, nonce: string) => Promise<void>;
	/** Sends what waits, if anything does and the hub is there. */
	flush: () => void;
	/** Tries again what waits after a refusal: the reason for it is over. */
	hurry: () => void;
	stop: () => void;
};

export function createOutbox(parts: OutboxParts): Outbox {
	const { userId, db, tabs } = parts;
	let isStopped = false;
	let isFlushing = false;
	let isWanted = false;

	const announce = (channelId: Id) =>
		tabs.post({ kind: "outbox", userId, channelId });

	const flush = () => {
		isWanted = true;
		if (isFlushing || isStopped || !parts.canSend()) return;
		isFlushing = true;
		void run().finally(() => {
			isFlushing = false;
			if (isWanted) flush();
		});
	};

	const resting = new Set<() => void>();
	const rest = async (ms: number) => {
		let wake = () => {};
		const woken = new Promise<void>((done) => {
			wake = done;
		});
		resting.add(wake);
		await Promise.race([parts.sleep(ms), woken]);
		resting.delete(wake);
	};

	const run = () =>
		parts.lock(`battala.outbox.${userId}`, async () => {
			while (isWanted && !isStopped && parts.canSend()) {
				isWanted = false;
				const rows = (await db.messages(userId)).filter((row) => !row.failed);
				await Promise.all(linesOf(rows).map(sendLine));
			}
		});

	/** Sends one channel's messages in order; stops when sending is pointless. */
	const sendLine = async (rows: readonly StoredMessage[]) => {
		for (const row of rows) {
			let attempt = 0;
			for (;;) {
				if (isStopped || !parts.canSend()) {
					isWanted = true;
					return;
				}
				if (!(await isStillThere(row))) break;
				const wait = await sendOnce(row, attempt + 1);
				if (wait === null) break;
				attempt += 1;
				await rest(wait);
			}
		}
	};

	/** It may have been discarded, here or in another tab. */
	const isStillThere = async ({ nonce }: StoredMessage) =>
		(await db.messages(userId)).some(
			(row) => row.nonce === nonce && row.failed === null,
		);

	/** Null when the message is done with, else how long to wait. */
	const sendOnce = async (row: StoredMessage, attempt: number) => {
		const { channelId, nonce, content } = row;
		show(parts, row, { status: "sending", since: parts.now() });
		try {
			const body = { channel_id: channelId, content, nonce };
			const { id, seq } = await parts.command("message_send", body);
			await db.removeMessage(nonce);
			if (isStopped) return null;
			parts.apply({ kind: "ack", channelId, nonce, id, seq });
		} catch (error) {
			const failure = failureOf(error);
			if (isStopped) return null;
			if (failure.isTransient) {
				const backoff = backoffMs(attempt, parts.random());
				const wait = Math.max(backoff, failure.retryAfterMs ?? 0);
				const isAsked = failure.code === "rate_limited";
				const until = isAsked ? { until: parts.now() + wait } : {};
				show(parts, row, { status: "queued", ...until });
				return wait;
			}
			await db.setFailed(nonce, failure.code);
			show(parts, row, { status: "failed", code: failure.code });
		}
		announce(channelId);
		return null;
	};

	const unlisten = tabs.listen((message) => {
		if (message.kind !== "outbox" || message.userId !== userId) return;
		void refresh(parts, message.channelId).then(flush);
	});

	return {
		async restore() {
			for (const row of await db.messages(userId)) put(parts, row);
			flush();
		},
		async enqueue(channelId, content) {
			const message = {
				nonce: parts.nonce(),
				userId,
				channelId,
				content,
				createdAt: parts.now(),
				failed: null,
			};
			await db.addMessage(message);
			put(parts, message);
			announce(channelId);
			flush();
		},
		async retry(channelId, nonce) {
			await db.setFailed(nonce, null);
			const state = { status: "queued" } as const;
			local(parts, { do: "outbox_changed", channelId, nonce, state });
			announce(channelId);
			flush();
		},
		async discard(channelId, nonce) {
			await db.removeMessage(nonce);
			local(parts, { do: "outbox_removed", channelId, nonce });
			announce(channelId);
		},
		flush,
		hurry() {
			for (const wake of resting) wake();
			flush();
		},
		stop() {
			isStopped = true;
			unlisten();
		},
	};
}

/** The messages of each channel, in order. */
function linesOf(rows: readonly StoredMessage[]): StoredMessage[][] {
	const lines = new Map<Id, StoredMessage[]>();
	for (const row of rows) {
		const line = lines.get(row.channelId);
		if (line) line.push(row);
		else lines.set(row.channelId, [row]);
	}
	return [...lines.values()];
}

/** Another tab has changed the stored messages: show them as they are. */
async function refresh(parts: OutboxParts, channelId: Id): Promise<void> {
	const stored = await parts.db.messages(parts.userId);
	const rows = stored.filter((row) => row.channelId === channelId);
	const nonces = new Set(rows.map((row) => row.nonce));
	// What the hub has acknowledged stays until its row comes.
	for (const shown of parts.getState().outbox[channelId] ?? [])
		if (!nonces.has(shown.nonce) && shown.state.status !== "sent")
			local(parts, { do: "outbox_removed", channelId, nonce: shown.nonce });
	const shown = new Map(
		(parts.getState().outbox[channelId] ?? []).map((row) => [row.nonce, row]),
	);
	for (const row of rows) {
		const status = shown.get(row.nonce)?.state.status;
		const isSame = (status === "failed") === (row.failed !== null);
		if (status === undefined || !isSame) put(parts, row);
	}
}

type Shown = Omit<StoredMessage, "order">;

function put(parts: OutboxParts, row: Shown): void {
	const { nonce, channelId, content, createdAt, failed } = row;
	const state: PendingState =
		failed === null ? { status: "queued" } : { status: "failed", code: failed };
	const pending = { nonce, channelId, content, createdAt, state };
	local(parts, { do: "outbox_put", pending });
}

function show(parts: OutboxParts, row: Shown, state: PendingState): void {
	const { channelId, nonce } = row;
	local(parts, { do: "outbox_changed", channelId, nonce, state });
}

function local(
	parts: OutboxParts,
	change: Extract<Input, { kind: "local" }>["change"],
): void {
	parts.apply({ kind: "local", change });
}

function failureOf(error: unknown) {
	if (error instanceof ApiError) return error;
	// Not a refusal but a fault here: the message must not be lost over it.
	return new ApiError({ code: "network", message: String(error) });
}
