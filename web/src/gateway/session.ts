/**
 * The life of a signed-in session on this device, from the first refresh to
 * the wiping of its traces. Holds the parts of the gateway together.
 */

import { createSend } from "@/api/client.ts";
import { ApiError } from "@/api/errors.ts";
import { createApi } from "@/api/index.ts";
import { createTokens } from "@/api/token.ts";
import type { AuthResponse, EndReason, Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import type { Db } from "@/lib/db.ts";
import type { Lock } from "@/lib/locks.ts";
import type { Tabs } from "@/lib/tabs.ts";
import { reloadWindow } from "@/stores/actions/history.ts";
import type { Input } from "@/stores/inputs.ts";
import { fillPorts } from "@/stores/ports.ts";
import {
	dispatch,
	dispatchLocal,
	getState,
	store,
	watch,
} from "@/stores/store.ts";
import { createCommand } from "./commands.ts";
import { createConnection } from "./connection.ts";
import { createDrafts } from "./drafts.ts";
import { watchIdle } from "./idle.ts";
import { createMembers } from "./members.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createQueue } from "./queue.ts";
import { createRenewal, isOver } from "./renewal.ts";
import { createResync } from "./resync.ts";
import { keepSnapshot } from "./snapshot.ts";
import { createTyping } from "./typing.ts";
import { createWire, type Wire, type WireHandlers } from "./wire.ts";

export type SessionParts = {
	db: Db;
	tabs: Tabs;
	lock: Lock;
	fetcher: typeof fetch;
	/** Renews by the refresh cookie. */
	refresh: () => Promise<AuthResponse>;
	now: () => number;
	random: () => number;
	makeWire?: (handlers: WireHandlers) => Wire;
};

export type SessionDriver = {
	/** Goes on with the session of this device, if it has one. */
	resume: () => Promise<void>;
};

/** What runs for one account and stops with it. */
type Running = { userId: Id; outbox: Outbox; stop: () => void };

const typingTickMs = 1000;

export function createSession(parts: SessionParts): SessionDriver {
	const { db, tabs, now, random } = parts;
	let running: Running | null = null;

	const tokens = createTokens({
		refresh: parts.refresh,
		now,
		lock: parts.lock,
		channel: {
			post: (auth) => tabs.post({ kind: "token", auth }),
			listen: (heard) => {
				tabs.listen((message) => {
					if (message.kind === "token") heard(message.auth);
				});
			},
		},
	});
	const send = createSend(parts.fetcher, tokens);
	const api = createApi(send);
	const queue = createQueue((inputs) => dispatch(...inputs));
	/** Answers of commands come after the events that came before them. */
	const apply = (input: Input) => {
		queue.flush();
		dispatch(input);
	};
	const token = async (auth: Promise<AuthResponse>) =>
		(await auth).access_token;

	const connection = createConnection({
		makeWire: parts.makeWire ?? createWire,
		queue,
		getState,
		dispatch,
		fresh: () => token(tokens.fresh()),
		renew: () => token(tokens.renew(tokens.current()?.access_token ?? null)),
		onEnded: (reason) => void end(reason),
		onReady: (expiresAt) => {
			renewal.schedule(expiresAt);
			members.renew();
		},
		now,
		random,
	});
	const command = createCommand(connection.wire);
	const renewal = createRenewal({
		command,
		current: () => tokens.current()?.access_token ?? null,
		renew: tokens.renew,
		now,
		onEnded: () => void end("expired"),
	});
	const typing = createTyping(command, now);
	const members = createMembers(command);
	const drafts = createDrafts(db, tabs);
	const resync = createResync({
		getState,
		apply,
		command,
		reload: reloadWindow,
		sleep,
		random,
	});
	const canSend = () => {
		const { status } = getState().connection;
		return status === "syncing" || status === "live";
	};

	const begin = async (auth: AuthResponse) => {
		const userId = auth.user.id;
		if (running && running.userId !== userId) stopRunning();
		tokens.accept(auth);
		await db.setLeaving(false).catch(ignore);
		dispatch({ kind: "page", page: { of: "session", auth } });
		await remember(userId);
		run(userId);
	};

	const remember = (userId: Id) =>
		db.setLastUser(userId).catch(() => {
			// Without it the next start shows nothing before the hub answers.
		});

	const run = (userId: Id) => {
		if (running) return;
		const outbox = createOutbox({
			userId,
			db,
			tabs,
			lock: parts.lock,
			command,
			getState,
			apply,
			canSend,
			now,
			random,
			nonce: () => newNonce(),
			sleep,
		});
		const stops = [
			store.subscribe(check),
			watch((state) => state.connection.status, onStatus),
			keepSnapshot(db, userId, getState, store.subscribe),
			watchIdle({ command, tabs, status: () => getState().status, now }),
			watchNetwork(),
			drafts.follow(userId),
			expireTyping(),
			outbox.stop,
			renewal.stop,
			members.stop,
		];
		running = {
			userId,
			outbox,
			stop: () => {
				for (const stop of stops) stop();
			},
		};
		void outbox.restore().catch(() => {});
		void drafts.restore(userId).catch(() => {});
		if (navigator.onLine) connection.happen({ what: "wanted" });
	};

	const check = () => {
		connection.check();
		resync.check();
	};

	const onStatus = () => {
		if (canSend()) running?.outbox.flush();
		const { connection, ui, timelines } = getState();
		const openId = ui.openChannelId;
		if (connection.status !== "live" || openId === null) return;
		if (timelines[openId]?.status === "failed")
			void reloadWindow(openId).catch(ignore);
	};

	const stopRunning = () => {
		running?.stop();
		running = null;
		queue.clear();
		connection.happen({ what: "unwanted" });
	};

	/** Leaves nothing behind but, after a mere expiry, what the user wrote. */
	const end = async (reason: EndReason | null, isOwn = true) => {
		const { session } = getState();
		const userId =
			session.status === "signed_in" ? session.me.id : running?.userId;
		stopRunning();
		if (reason === "signed_out" && isOwn)
			void api.accounts.logout().catch(ignore);
		tokens.forget();
		dispatchLocal({ do: "signed_out", reason });
		if (userId === undefined) return;
		if (isOwn) tabs.post({ kind: "signed_out", userId });
		const keep = reason === "expired" ? "writing" : "nothing";
		await db.wipe(userId, keep).catch(ignore);
	};

	/** The cookie must not sign in again by itself, even if the hub is away. */
	const leave = async () => {
		const told = api.accounts.logout();
		await db.setLeaving(true).catch(ignore);
		await told;
		await db.setLeaving(false).catch(ignore);
	};

	const watchNetwork = () => {
		const onOnline = () => connection.happen({ what: "wanted" });
		const onOffline = () => connection.happen({ what: "unwanted" });
		window.addEventListener("online", onOnline);
		window.addEventListener("offline", onOffline);
		return () => {
			window.removeEventListener("online", onOnline);
			window.removeEventListener("offline", onOffline);
		};
	};

	tabs.listen((message) => {
		if (message.kind === "signed_out" && message.userId === running?.userId)
			void end("signed_out", false);
		// Another tab has signed in: this one shares its cookie.
		if (message.kind === "token" && getState().session.status === "signed_out")
			void begin(message.auth);
	});

	const outbox = () => {
		if (running) return running.outbox;
		throw new ApiError({ code: "unauthenticated" });
	};

	fillPorts({
		api,
		command,
		begin,
		end,
		reconnect: () => connection.happen({ what: "due" }),
		outbox: {
			enqueue: async (channelId, content) => {
				typing.sent(channelId);
				await outbox().enqueue(channelId, content);
			},
			retry: async (channelId, nonce) => outbox().retry(channelId, nonce),
			discard: async (channelId, nonce) => outbox().discard(channelId, nonce),
		},
		typing: typing.pressed,
		saveDraft: (channelId, text) => {
			if (running) drafts.save(running.userId, channelId, text);
		},
		watchMembers: members.watch,
	});

	const resume = async () => {
		const { session } = getState();
		// Known from the snapshot: connect, which renews the token on its way.
		if (session.status === "signed_in") return run(session.me.id);
		const since = now();
		for (let attempt = 1; ; attempt += 1) {
			try {
				if (await db.isLeaving().catch(() => false)) await leave();
				return await begin(await tokens.fresh());
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
	};

	return { resume };
}

function expireTyping(): () => void {
	const timer = setInterval(() => {
		if (Object.keys(getState().typing).length > 0)
			dispatchLocal({ do: "typing_expired", now: Date.now() });
	}, typingTickMs);
	return () => clearInterval(timer);
}

/** Browsers give UUIDs only to secure pages; a hub in a LAN may not be one. */
function newNonce(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
		"",
	);
}

function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

function ignore(): void {}
