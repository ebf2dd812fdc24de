/**
 * Messages on their way out. A message is stored on this device before it is
 * shown, and removed when the hub has stored it. Each channel sends in order,
 * one at a time, and waits for no other; only one tab sends. Losing the network, a busy hub or a rate
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

export function createOutbox(given: OutboxParts): Outbox {
	const { userId, db, tabs } = given;
	let isStopped = false;
	const parts: OutboxParts = {
		...given,
		// What storage answers late is not for whoever the client runs for by then.
		apply: (input) => {
			if (!isStopped) given.apply(input);
		},
	};
	let isFlushing = false;
	let isWanted = false;
	/** Runs since the last that ended well. */
	let faults = 0;

	const announce = (channelId: Id) =>
		tabs.post({ kind: "outbox", userId, channelId });

	/** Somebody waits for something new to send. */
	let wakeRun = () => {};

	const flush = () => {
		isWanted = true;
		wakeRun();
		if (isFlushing || isStopped || !parts.canSend()) return;
		isFlushing = true;
		void run()
			.then(
				() => {
					faults = 0;
				},
				() => {
					// This device cannot be read or locked. Not again at once: that would have no end.
					isWanted = true;
					faults += 1;
					return rest(backoffMs(faults, parts.random()));
				},
			)
			.finally(() => {
				isFlushing = false;
				if (isWanted) flush();
			});
	};

	const resting = new Set<() => void>();
	const rest = async (ms: number) => {
		// Nobody waits for anything any more.
		if (isStopped) return;
		let wake = () => {};
		const woken = new Promise<void>((done) => {
			wake = done;
		});
		resting.add(wake);
		await Promise.race([parts.sleep(ms), woken]);
		resting.delete(wake);
	};
	const wakeAll = () => {
		for (const wake of resting) wake();
	};

	/** A channel of which nothing can be sent for the moment holds up no other. */
	const run = () =>
		parts.lock(`battala.outbox.${userId}`, async () => {
			const lines = new Map<Id, Promise<void>>();
			const begin = (channelId: Id) => {
				const line = sendLine(channelId).then(() => {
					lines.delete(channelId);
					// What came in this moment has found the line still running.
					isWanted = true;
				});
				lines.set(channelId, line);
			};
			for (;;) {
				const news = new Promise<void>((done) => {
					wakeRun = done;
				});
				if (isWanted && canGoOn()) {
					isWanted = false;
					for (const { channelId } of await unsent())
						if (!lines.has(channelId)) begin(channelId);
				}
				if (lines.size === 0) return;
				await Promise.race([news, ...lines.values()]);
			}
		});

	const canGoOn = () => !isStopped && parts.canSend();

	const unsent = async () =>
		(await db.messages(userId)).filter(({ failed }) => failed === null);

	/** Sends one channel's messages in order; stops when sending is pointless. */
	const sendLine = async (channelId: Id) => {
		let attempt = 0;
		let before = "";
		while (canGoOn()) {
			// Read anew each time: it may have been discarded, here or in another tab.
			const rows = await unsent();
			const row = rows.find((one) => one.channelId === channelId);
			if (!row) return;
			attempt = row.nonce === before ? attempt + 1 : 1;
			before = row.nonce;
			const wait = await sendOnce(row, attempt);
			if (wait !== null) await rest(wait);
		}
	};

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
			wakeAll();
			flush();
		},
		stop() {
			isStopped = true;
			unlisten();
			// The lock is for whoever sends next.
			wakeAll();
		},
	};
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
