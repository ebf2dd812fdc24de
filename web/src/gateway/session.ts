/**
 * The life of a signed-in session on this device, from the first refresh to
 * the wiping of its traces.
 */
import { ApiError } from "@/api/errors.ts";
import type { AuthResponse, EndReason, Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import type { TabMessage } from "@/lib/tabs.ts";
import { fillPorts } from "@/stores/ports.ts";
import { dispatch, dispatchLocal, getState } from "@/stores/store.ts";
import type { Outbox } from "./outbox.ts";
import { createParts, type Outside, type Parts, sleep } from "./parts.ts";
import { isOver } from "./renewal.ts";
import { type Running, runAccount } from "./running.ts";

export class SessionDriver {
	readonly #outside: Outside;
	readonly #parts: Parts;
	#running: Running | null = null;

	constructor(outside: Outside) {
		this.#outside = outside;
		this.#parts = createParts(outside, (reason) => void this.end(reason));
		outside.tabs.listen((message) => this.#hear(message));
		this.#fillPorts();
	}

	/** Goes on with the session of this device, if it has one. */
	async resume(): Promise<void> {
		const { session } = getState();
		// Known from the snapshot: connect, which renews the token on its way.
		if (session.status === "signed_in") return this.#run(session.me.id);
		const { now, random } = this.#outside;
		const since = now();
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await this.#resumeOnce();
			} catch (error) {
				if (getState().session.status !== "starting") return;
				if (isOver(error))
					return dispatchLocal({ do: "signed_out", reason: null });
				const wait = backoffMs(attempt, random());
				const retryAt = now() + wait;
				dispatchLocal({
					do: "connection",
					connection: { status: "reconnecting", attempt, retryAt, since },
				});
				await sleep(wait);
			}
		}
	}

	/** Begins with the answer of a sign-in. */
	async begin(auth: AuthResponse): Promise<void> {
		const { db } = this.#outside;
		const userId = auth.user.id;
		if (this.#running?.userId !== userId) this.#stop();
		this.#parts.tokens.accept(auth);
		dispatch({ kind: "page", page: { of: "session", auth } });
		// Without these the next start shows nothing before the hub answers.
		await db.setLeaving(false).catch(ignore);
		await db.setLastUser(userId).catch(ignore);
		this.#run(userId);
	}

	/** Leaves nothing behind but, after a mere expiry, what the user wrote. */
	async end(reason: EndReason | null, isOwn = true): Promise<void> {
		const { db, tabs } = this.#outside;
		const { session } = getState();
		const userId =
			session.status === "signed_in" ? session.me.id : this.#running?.userId;
		this.#stop();
		if (reason === "signed_out" && isOwn) void this.#leave().catch(ignore);
		this.#parts.tokens.forget();
		dispatchLocal({ do: "signed_out", reason });
		if (userId === undefined) return;
		if (isOwn) tabs.post({ kind: "signed_out", userId });
		const keep = reason === "expired" ? "writing" : "nothing";
		await db.wipe(userId, keep).catch(ignore);
	}

	async #resumeOnce(): Promise<void> {
		if (await this.#outside.db.isLeaving().catch(() => false))
			await this.#leave();
		await this.begin(await this.#parts.tokens.fresh());
	}

	/** The cookie must not sign in again by itself, even if the hub is away. */
	async #leave(): Promise<void> {
		const { db } = this.#outside;
		const told = this.#parts.api.accounts.logout();
		await Promise.allSettled([told, db.setLeaving(true)]);
		await told;
		await db.setLeaving(false);
	}

	#run(userId: Id): void {
		this.#running ??= runAccount(this.#parts, userId);
	}

	#stop(): void {
		this.#running?.stop();
		this.#running = null;
		this.#parts.queue.clear();
		this.#parts.connection.happen({ what: "unwanted" });
	}

	#hear(message: TabMessage): void {
		const isOurs =
			message.kind === "signed_out" && message.userId === this.#running?.userId;
		if (isOurs) void this.end("signed_out", false);
		// Another tab has signed in: this one shares its cookie.
		if (message.kind === "token" && getState().session.status === "signed_out")
			void this.begin(message.auth);
	}

	#outbox(): Outbox {
		if (this.#running) return this.#running.outbox;
		throw new ApiError({ code: "unauthenticated" });
	}

	#fillPorts(): void {
		const { api, command, connection, typing, drafts, members } = this.#parts;
		fillPorts({
			api,
			command,
			begin: (auth) => this.begin(auth),
			end: (reason) => this.end(reason),
			reconnect: () => connection.happen({ what: "due" }),
			outbox: {
				enqueue: async (channelId, content) => {
					typing.sent(channelId);
					await this.#outbox().enqueue(channelId, content);
				},
				retry: async (channelId, nonce) =>
					this.#outbox().retry(channelId, nonce),
				discard: async (channelId, nonce) =>
					this.#outbox().discard(channelId, nonce),
			},
			typing: typing.pressed,
			saveDraft: (channelId, text) => {
				const userId = this.#running?.userId;
				if (userId !== undefined) drafts.save(userId, channelId, text);
			},
			watchMembers: members.watch,
		});
	}
}

function ignore(): void {}
