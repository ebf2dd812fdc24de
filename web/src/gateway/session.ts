/**
 * The life of a signed-in session on this device, from the first refresh to
 * the wiping of its traces. Loads what a live connection needs only when
 * someone is signed in.
 */
import { createSend, timeoutMs } from "@/api/client.ts";
import { ApiError, CommandError, waitOf } from "@/api/errors.ts";
import { type Api, createApi } from "@/api/index.ts";
import { COOKIE_LOCK, createTokens, type Tokens } from "@/api/token.ts";
import type { AuthResponse, EndReason, Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import type { Db } from "@/lib/db.ts";
import { forgetAll, handOverAll, sameAccount } from "@/lib/forget.ts";
import { noteUser } from "@/lib/lastUser.ts";
import { sleep } from "@/lib/sleep.ts";
import { orReload } from "@/lib/staleCode.ts";
import type { TabMessage } from "@/lib/tabs.ts";
import { fillPorts } from "@/stores/ports.ts";
import { selectMe, selectUnsent } from "@/stores/selectors.ts";
import type { State } from "@/stores/state.ts";
import { dispatch, dispatchLocal, getState, watch } from "@/stores/store.ts";
import type { Command } from "./commands.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import { dropLastWords } from "./lastWords.ts";
import type { Live } from "./live.ts";
import { createMembers, type Members } from "./members.ts";
import type { Outbox } from "./outbox.ts";
import type { Outside } from "./outside.ts";
import { isOver } from "./over.ts";
import type { Running } from "./running.ts";
import { createTroubles, type Troubles } from "./trouble.ts";
import { removeAll, removeBefore, withoutUnwanted } from "./unwanted.ts";

type Ended = Extract<TabMessage, { kind: "signed_out" }>;
type End = {
	/** Who ends it: somebody by a press here, the hub, or another tab. */
	by?: "press" | "hub" | "tab";
	keepsWriting?: boolean;
};

export class SessionDriver {
	readonly #outside: Outside;
	readonly #troubles: Troubles;
	readonly #tokens: Tokens;
	readonly #api: Api;
	readonly #members: Members;
	readonly #drafts: Drafts;
	#live: Live | null = null;
	#running: Running | null = null;
	/** Whom the client runs for, while what that needs is being loaded, too. */
	#userId: Id | null = null;
	/** Whom it ran for last, until somebody signs in here themselves. */
	#shownId: Id | null = null;
	/** Of whom nothing is kept after all, whatever was found while it was thrown away. */
	#thrownId: Id | null = null;

	constructor(given: Outside) {
		const outside = { ...given, db: withoutUnwanted(given.db) };
		this.#outside = outside;
		this.#troubles = createTroubles({
			...outside,
			sleep,
			show: (trouble) => dispatchLocal({ do: "trouble", trouble }),
			unheard: () => this.#live?.parts.connection.giveUp(),
		});
		this.#tokens = createSharedTokens(
			outside,
			// What the hub refuses may be a sign of more.
			() => this.#troubles.hear(outside.refresh()),
			(auth) => void this.#become(auth),
		);
		const send = createSend(outside.fetcher, this.#tokens);
		this.#api = createApi((call) => this.#troubles.hear(send(call)));
		this.#members = createMembers((name, body) => this.#command(name, body));
		this.#drafts = createDrafts(outside.db, outside.tabs);
		outside.tabs.listen((message) => this.#hear(message));
		this.#fillPorts();
	}

	/**
	 * Goes on with the session of this device, if it has one. A place that does without one
	 * (`isWanted` false) asks the hub only when there are traces of one here; elsewhere it is
	 * always asked, because some browsers forget what scripts store sooner than the cookie.
	 */
	async resume(isWanted = true): Promise<void> {
		const { session } = getState();
		// Known from the snapshot: connect, which renews the token on its way.
		if (session.status === "signed_in") return this.#run(session.me.id);
		if (!isWanted && !(await this.#hasTraces()))
			return dispatchLocal({ do: "signed_out", reason: null });
		const { now, random } = this.#outside;
		const since = now();
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await this.#resumeOnce();
			} catch (error) {
				if (getState().session.status !== "starting") return;
				if (isOver(error))
					return dispatchLocal({ do: "signed_out", reason: null });
				const wait = Math.max(backoffMs(attempt, random()), waitOf(error) ?? 0);
				const retryAt = now() + wait;
				dispatchLocal({
					do: "connection",
					connection: { status: "reconnecting", attempt, retryAt, since },
				});
				await sleepUnlessWell(wait);
			}
		}
	}

	/**
	 * Begins with the answer of a sign-in, or of a renewal that named another account than the one
	 * that ran here: nothing of that one goes on.
	 */
	async begin(auth: AuthResponse): Promise<void> {
		const { db } = this.#outside;
		const userId = auth.user.id;
		if (this.#userId !== userId) this.#stop();
		this.#thrownId = null;
		this.#tokens.expect(userId);
		this.#tokens.accept(auth);
		if (selectMe(getState())?.id !== userId) forgetAll();
		dispatch({ kind: "page", page: { of: "session", auth } });
		noteUser(userId);
		// Without these the next start shows nothing before the hub answers.
		await db.setLeaving(false).catch(ignore);
		await removeBefore(db, userId);
		await db.setLastUser(userId).catch(ignore);
		await this.#run(userId);
	}

	/**
	 * Leaves nothing behind but what the user wrote, for the next time that they sign in on this
	 * device: only who signs out here can want that thrown away.
	 */
	async end(
		reason: EndReason | null,
		{ by = "hub", keepsWriting = true }: End = {},
	): Promise<void> {
		const { db, tabs } = this.#outside;
		const userId = this.#userId;
		this.#stop();
		const written = getState();
		// Of any other end the hub knows, and the cookie may be that of a session begun since.
		if (by === "press") void this.#leave().catch(ignore);
		this.#tokens.expect(null);
		this.#tokens.forget();
		dispatchLocal({ do: "signed_out", reason });
		forgetAll();
		const isStillOver = sameAccount();
		noteUser(null);
		if (userId === null) return;
		if (by !== "tab")
			tabs.post({ kind: "signed_out", userId, keepsWriting, reason });
		if (!keepsWriting) return this.#throwAway(userId);
		const isKept = await keepOnlyWriting(db, userId, written).catch(
			() => false,
		);
		// Only now is it known: storage may have refused, or have no disk.
		if (isKept && isStillOver() && this.#thrownId !== userId)
			dispatchLocal({ do: "signed_out", reason, isKept });
	}

	async #throwAway(userId: Id): Promise<void> {
		this.#thrownId = userId;
		const { session } = getState();
		if (session.status === "signed_out" && session.isKept)
			dispatchLocal({ do: "signed_out", reason: session.reason });
		dropLastWords(userId);
		await removeAll(this.#outside.db, userId);
	}

	/** Goes on as whom another tab has signed in: who looks at this one has not done so. */
	async #become(auth: AuthResponse): Promise<void> {
		const shown = this.#shownId;
		const begun = this.begin(auth);
		if (shown !== null && shown !== auth.user.id)
			dispatchLocal({ do: "became", name: auth.user.display_name });
		await begun;
	}

	/** Someone used this device and did not sign out, or the hub has still to hear that they did. */
	async #hasTraces(): Promise<boolean> {
		const { db } = this.#outside;
		const lastUser = await db.lastUser().catch(() => undefined);
		return lastUser !== undefined || (await db.isLeaving().catch(() => false));
	}

	async #resumeOnce(): Promise<void> {
		await this.#leaveAtLast();
		await this.begin(await this.#tokens.fresh());
	}

	/**
	 * Tells the hub what it could not be told when somebody signed out here. Whoever signs in, in
	 * another tab as well, does so before or after this: the cookie is not theirs yet, or all is told.
	 */
	async #leaveAtLast(): Promise<void> {
		const { db } = this.#outside;
		const isLeaving = () => db.isLeaving().catch(() => false);
		if (!(await isLeaving())) return;
		await this.#inTurn(async () => {
			if (await isLeaving()) await this.#api.accounts.logout();
		});
	}

	/**
	 * Asks for what changes the cookie when all is answered that did so before, or might have been:
	 * no longer than a request may take. Nobody is leaving any more once it is answered.
	 */
	#inTurn<T>(ask: () => Promise<T>): Promise<T> {
		const { db, lock } = this.#outside;
		const asked = async () => {
			const answer = await ask();
			await db.setLeaving(false).catch(ignore);
			return answer;
		};
		return lock(COOKIE_LOCK, asked, timeoutMs);
	}

	/** The cookie must not sign in again by itself, even if the hub is away. */
	async #leave(): Promise<void> {
		const { db, lock } = this.#outside;
		const told = this.#api.accounts.logout();
		// The answer takes the cookie away, whosever it is by then: nobody is given one before it.
		const answered = lock(COOKIE_LOCK, () => told);
		await Promise.allSettled([told, answered, db.setLeaving(true)]);
		await told;
		await db.setLeaving(false);
	}

	async #run(userId: Id): Promise<void> {
		if (this.#userId === userId) return;
		this.#userId = userId;
		this.#shownId = userId;
		this.#tokens.expect(userId);
		const live = await this.#load();
		// Someone may have signed out meanwhile.
		if (this.#userId === userId) this.#running ??= live.run(userId);
	}

	async #load(): Promise<Live> {
		const { createLive } = await orReload(import("./live.ts"));
		this.#live ??= createLive({
			outside: this.#outside,
			tokens: this.#tokens,
			troubles: this.#troubles,
			members: this.#members,
			drafts: this.#drafts,
			userId: () => this.#userId,
			onEnded: (reason) => void this.end(reason),
		});
		return this.#live;
	}

	#stop(): void {
		// What is typed at this moment is theirs as well.
		handOverAll();
		this.#userId = null;
		this.#running?.stop();
		this.#running = null;
		this.#live?.parts.queue.clear();
		this.#live?.parts.connection.happen({ what: "unwanted" });
	}

	#hear(message: TabMessage): void {
		if (message.kind === "signed_out") this.#hearOfEnd(message);
		// Another tab has signed in: this one shares its cookie.
		if (message.kind === "token" && getState().session.status === "signed_out")
			void this.#become(message.auth);
	}

	#hearOfEnd({ userId, keepsWriting, reason = "signed_out" }: Ended): void {
		if (userId === this.#userId)
			void this.end(reason, { by: "tab", keepsWriting });
		// The hub was quicker to tell, and does not know what was to be thrown away.
		else if (this.#userId === null && userId === this.#shownId && !keepsWriting)
			void this.#throwAway(userId);
	}

	readonly #command: Command = async (name, body) => {
		const command = this.#live?.parts.command;
		if (!command) throw new CommandError({ code: "network" });
		return command(name, body);
	};

	#outbox(): Outbox {
		if (this.#running) return this.#running.outbox;
		throw new ApiError({ code: "unauthenticated" });
	}

	#fillPorts(): void {
		const parts = () => this.#live?.parts;
		fillPorts({
			api: this.#api,
			command: (name, body) => this.#command(name, body),
			begin: (auth) => this.begin(auth),
			inTurn: (ask) => this.#inTurn(ask),
			leave: (keepsWriting) =>
				this.end("signed_out", { by: "press", keepsWriting }),
			renew: async () => {
				await this.#tokens.renew(this.#tokens.current()?.access_token ?? null);
			},
			reconnect: () => parts()?.connection.happen({ what: "due" }),
			outbox: {
				enqueue: async (channelId, content) => {
					parts()?.typing.sent(channelId);
					await this.#outbox().enqueue(channelId, content);
				},
				retry: async (channelId, nonce) =>
					this.#outbox().retry(channelId, nonce),
				discard: async (channelId, nonce) =>
					this.#outbox().discard(channelId, nonce),
			},
			typing: (channelId) => parts()?.typing.pressed(channelId),
			saveDraft: (channelId, text) => {
				if (this.#userId !== null)
					this.#drafts.save(this.#userId, channelId, text);
			},
			keepDraft: async (key, text) => {
				if (this.#userId === null)
					throw new ApiError({ code: "unauthenticated" });
				await this.#drafts.keep(this.#userId, key, text);
			},
			watchMembers: this.#members.watch,
		});
	}
}

function createSharedTokens(
	outside: Outside,
	refresh: Outside["refresh"],
	onOther: (auth: AuthResponse) => void,
): Tokens {
	const { hubNow, lock, tabs } = outside;
	return createTokens({
		refresh,
		now: hubNow,
		lock,
		onOther,
		channel: {
			post: (auth) => tabs.post({ kind: "token", auth }),
			listen: (heard) => {
				tabs.listen((message) => {
					if (message.kind === "token") heard(message.auth);
				});
			},
		},
	});
}

/** Whether they had written anything, and all of it stays on this device. */
async function keepOnlyWriting(
	db: Db,
	userId: Id,
	written: State,
): Promise<boolean> {
	if (!(await db.wipe(userId, "writing"))) return false;
	const { messages, drafts } = selectUnsent(written);
	if (messages + drafts === 0) return false;
	const nonces = (await db.messages(userId)).map(({ nonce }) => nonce);
	const texts = await db.drafts(userId);
	return (
		Object.values(written.outbox)
			.flat()
			.every(
				(row) => row.state.status === "sent" || nonces.includes(row.nonce),
			) &&
		Object.entries(written.drafts).every(
			([key, text]) => !text.trim() || texts[key] === text,
		)
	);
}

/** Waits for so long, or until the trouble that the hub has is over. */
async function sleepUnlessWell(ms: number): Promise<void> {
	let stop = () => {};
	const well = new Promise<void>((resolve) => {
		stop = watch(
			(state) => state.trouble,
			(trouble) => trouble === null && resolve(),
		);
	});
	await Promise.race([sleep(ms), well]);
	stop();
}

function ignore(): void {}
