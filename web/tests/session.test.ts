// A session from sign-in to its end, with the socket and HTTP played by hand.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AuthResponse, EventMap, EventName } from "@/api/types.ts";
import { recallPlace, rememberPlace } from "@/features/messages/chatUi.ts";
import { parse } from "@/features/messages/markdown/parse.ts";
import { recall, remember } from "@/features/messages/markdown/stretches.ts";
import { SessionDriver } from "@/gateway/session.ts";
import { restoreSnapshot, snapshotOf } from "@/gateway/snapshot.ts";
import type { Wire, WireHandlers } from "@/gateway/wire.ts";
import { type Db, openDb } from "@/lib/db.ts";
import { createLocalLock } from "@/lib/locks.ts";
import { createTabs, type Tabs } from "@/lib/tabs.ts";
import { signIn, signOut } from "@/stores/actions/account.ts";
import { openChannel } from "@/stores/actions/history.ts";
import { sendMessage, setDraft } from "@/stores/actions/messages.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import {
	selectChannels,
	selectTimeline,
	selectUnsent,
} from "@/stores/selectors.ts";
import { initialState } from "@/stores/state.ts";
import { getState, store } from "@/stores/store.ts";
import {
	asha,
	channelId,
	connected,
	me,
	message,
	page,
	ready,
	startLoad,
} from "./support/samples.ts";

const auth: AuthResponse = {
	access_token: "t1",
	expires_at: Date.now() + 600_000,
	session_id: "77",
	user: me,
};

/** The hub's end of the socket. */
class FakeWire implements Wire {
	token: string | null = null;
	readonly sent: [string, object][] = [];
	answer: (name: string, body: object) => unknown = () => ({ ok: {} });
	readonly handlers: WireHandlers;

	constructor(handlers: WireHandlers) {
		this.handlers = handlers;
	}

	open(token: string) {
		this.token = token;
	}

	close() {
		this.token = null;
	}

	isOpen() {
		return this.token !== null;
	}

	async send(name: string, body: object) {
		this.sent.push([name, body]);
		return this.answer(name, body);
	}

	/** The hub's first words. */
	greet(lastSeq = 0) {
		for (const input of connected(lastSeq))
			if (input.kind === "event")
				this.handlers.onEvent(input.event.name, input.event.data);
	}

	emit<N extends EventName>(name: N, data: EventMap[N]) {
		this.handlers.onEvent(name, data);
	}

	/** The network goes away. */
	drop() {
		this.token = null;
		this.handlers.onClosed();
	}
}

let databases = 0;
let db: Db;
let tabs: Tabs;
let wire: FakeWire;
const requests: string[] = [];
let respond: (request: string) => Response;

async function start(refresh: () => Promise<AuthResponse>) {
	const session = new SessionDriver({
		db,
		tabs,
		lock: createLocalLock(),
		fetcher: async (url, init) => {
			const request = `${init?.method} ${url}`;
			requests.push(request);
			return respond(request);
		},
		refresh,
		now: Date.now,
		hubNow: Date.now,
		random: () => 0,
		makeWire: (handlers) => {
			wire = new FakeWire(handlers);
			return wire;
		},
	});
	return session;
}

const noSession = async () => {
	const { ApiError } = await import("@/api/errors.ts");
	throw new ApiError({ code: "unauthenticated", status: 401 });
};

const statusOf = () => getState().connection.status;
const until = vi.waitFor;

beforeEach(async () => {
	databases += 1;
	db = await openDb(`session-${databases}`);
	tabs = createTabs(`session-${databases}`);
	requests.length = 0;
	localStorage.clear();
	store.setState(initialState, true);
	respond = (request) =>
		request.includes("/auth/login")
			? Response.json(auth)
			: request.includes("/messages")
				? Response.json({ items: [], has_older: false, has_newer: false })
				: new Response(null, { status: 204 });
});

afterEach(async () => {
	if (getState().session.status === "signed_in") await signOut();
	tabs.close();
	db.close();
});

async function signedIn() {
	const session = await start(noSession);
	await session.resume();
	await signIn({ login: "asha", password: "correct horse" });
	await until(() => expect(wire.token).toBe("t1"));
	wire.greet();
	await until(() => expect(statusOf()).toBe("live"));
}

describe("a session", () => {
	it("is not there without a cookie", async () => {
		const session = await start(noSession);
		await session.resume();
		expect(getState().session).toEqual({ status: "signed_out", reason: null });
	});

	it("goes on after a reload", async () => {
		const session = await start(async () => auth);
		await session.resume();
		await until(() => expect(wire.token).toBe("t1"));
		expect(getState().session).toMatchObject({ status: "signed_in", me });
	});

	it("comes to life with the structure of its servers", async () => {
		await signedIn();
		expect(getState().channels.byId[channelId]?.name).toBe("general");
	});

	it("fetches what was missed before it says that it is live", async () => {
		await signedIn();
		await openChannel(channelId);
		wire.answer = (name) =>
			name === "channel_sync"
				? {
						ok: {
							rows: [message(10, 1)],
							through: 1,
							more: false,
							reset: false,
						},
					}
				: { ok: {} };
		wire.drop();
		expect(statusOf()).toBe("reconnecting");
		await until(() => expect(wire.token).toBe("t1"), { timeout: 3000 });
		wire.greet(1);
		await until(() => expect(statusOf()).toBe("live"));
		expect(getState().timelines[channelId]?.ids).toEqual(["10"]);
		expect(wire.sent).toContainEqual([
			"channel_sync",
			{ channel_id: channelId, after: 0 },
		]);
	});

	it("sends what was written while it was away", async () => {
		await signedIn();
		await openChannel(channelId);
		wire.drop();
		await sendMessage(channelId, "hello");
		expect(selectTimeline(getState(), channelId).rows.at(-1)).toMatchObject({
			kind: "pending",
		});
		wire.answer = (name) =>
			name === "message_send" ? { ok: { id: "10", seq: 1 } } : { ok: {} };
		await until(() => expect(wire.token).toBe("t1"), { timeout: 3000 });
		wire.greet();
		await until(() =>
			expect(wire.sent.map(([name]) => name)).toContain("message_send"),
		);
		const nonce = getState().outbox[channelId]?.[0]?.nonce ?? null;
		const row = message(10, 1, { author: asha, nonce, content: "hello" });
		wire.emit("message_created", { message: row, seq: 1, epoch: 1 });
		await until(() => expect(getState().outbox).toEqual({}));
		expect(getState().timelines[channelId]?.ids).toEqual(["10"]);
	});

	it("renews a token that ran out while the device slept", async () => {
		let renewals = 0;
		const session = await start(async () => {
			renewals += 1;
			return { ...auth, access_token: `fresh${renewals}` };
		});
		await session.resume();
		await until(() => expect(wire.token).toBe("fresh1"));
		wire.emit("session_ended", { reason: "expired" });
		wire.close();
		wire.handlers.onRefused("unauthenticated", null);
		await until(() => expect(wire.token).toBe("fresh2"));
		expect(getState().session.status).toBe("signed_in");
	});

	it("leaves nothing here when it is ended from elsewhere", async () => {
		await signedIn();
		wire.drop();
		await sendMessage(channelId, "unsent");
		wire.emit("session_ended", { reason: "revoked" });
		expect(getState().session).toEqual({
			status: "signed_out",
			reason: "revoked",
		});
		expect(getState().outbox).toEqual({});
		await until(async () => expect(await db.messages(me.id)).toEqual([]));
		expect(await db.lastUser()).toBeUndefined();
	});

	it("keeps what was written when it merely expires", async () => {
		await signedIn();
		wire.drop();
		await sendMessage(channelId, "unsent");
		wire.handlers.onRefused("session_ended", null);
		await until(() => expect(getState().session.status).toBe("signed_out"));
		expect(await db.messages(me.id)).toHaveLength(1);
	});

	it("tells the hub that it signs out, in time or at the next start", async () => {
		await signedIn();
		respond = () => {
			throw new TypeError("no network");
		};
		await signOut();
		expect(getState().session.status).toBe("signed_out");
		await until(async () => expect(await db.isLeaving()).toBe(true));

		store.setState(initialState, true);
		respond = () => new Response(null, { status: 204 });
		requests.length = 0;
		const again = await start(noSession);
		await again.resume();
		expect(requests).toContain("POST /api/auth/logout");
		expect(await db.isLeaving()).toBe(false);
		expect(getState().session.status).toBe("signed_out");
	});

	it("is not asked for where nobody needs one and nobody has had one", async () => {
		let asked = 0;
		const refresh = () => {
			asked += 1;
			return noSession();
		};
		const session = await start(refresh);
		await session.resume(false);
		expect(getState().session.status).toBe("signed_out");
		expect(asked).toBe(0);

		for (const leaveTraces of [
			() => db.setLastUser(me.id),
			() => db.setLeaving(true),
		]) {
			store.setState(initialState, true);
			await leaveTraces();
			await (await start(refresh)).resume(false);
			expect(getState().session.status).toBe("signed_out");
		}
		expect(asked).toBe(2);
	});

	it("is asked for where one is needed, though this device remembers nobody", async () => {
		const session = await start(async () => auth);
		await session.resume();
		expect(getState().session.status).toBe("signed_in");
	});

	it("ends in the other tabs, too", async () => {
		await signedIn();
		const other = createTabs(`session-${databases}`);
		other.post({ kind: "signed_out", userId: me.id, keepsWriting: false });
		await until(() => expect(getState().session.status).toBe("signed_out"));
		expect(requests).not.toContain("POST /api/auth/logout");
		other.close();
	});

	it("shares drafts with the other tabs", async () => {
		await signedIn();
		const other = createTabs(`session-${databases}`);
		const heard: unknown[] = [];
		other.listen((message) => heard.push(message));
		setDraft(channelId, "half a thought");
		const draft = { kind: "draft", userId: me.id, channelId };
		await until(() =>
			expect(heard).toContainEqual({ ...draft, text: "half a thought" }),
		);
		other.post({ kind: "draft", userId: me.id, channelId, text: "whole" });
		await until(() => expect(getState().drafts[channelId]).toBe("whole"));
		other.close();
	});
});

const boMe = { ...me, id: "2", username: "bo", display_name: "Bo" };
const boAuth = { ...auth, access_token: "bo's", user: boMe };

describe("a tab beside one in which somebody signs out", () => {
	it("goes on as who signs in there, says so, and shows them none of the other's words", async () => {
		await signedIn();
		setDraft(channelId, "by Asha");
		const other = createTabs(`session-${databases}`);
		other.post({ kind: "signed_out", userId: me.id, keepsWriting: true });
		await until(() => expect(getState().session.status).toBe("signed_out"));
		// The composer hands over what it held when it goes.
		setDraft(channelId, "by Asha, and more");
		other.post({ kind: "token", auth: boAuth });
		await until(() => expect(getState().session).toMatchObject({ me: boMe }));
		expect(getState().ui.became).toBe("Bo");
		expect(getState().drafts).toEqual({});
		await until(async () =>
			expect(await db.drafts(me.id)).toEqual({ [channelId]: "by Asha" }),
		);
		other.close();
	});

	it("says nothing when the same person signs in again", async () => {
		await signedIn();
		const other = createTabs(`session-${databases}`);
		other.post({ kind: "signed_out", userId: me.id, keepsWriting: false });
		await until(() => expect(getState().session.status).toBe("signed_out"));
		other.post({ kind: "token", auth: { ...auth, access_token: "t2" } });
		await until(() => expect(getState().session.status).toBe("signed_in"));
		expect(getState().ui.became).toBeNull();
		other.close();
	});
});

describe("signing out", () => {
	it.each([false, true])("keeps what was written: %s", async (keepsWriting) => {
		await signedIn();
		wire.drop();
		await sendMessage(channelId, "unsent");
		setDraft("3000", "half a thought");
		expect(selectUnsent(getState())).toEqual({ messages: 1, drafts: 1 });
		await signOut(keepsWriting);
		expect(getState().drafts).toEqual({});
		expect(await db.messages(me.id)).toHaveLength(keepsWriting ? 1 : 0);
		expect(await db.drafts(me.id)).toEqual(
			keepsWriting ? { 3000: "half a thought" } : {},
		);
	});
});

describe("a device on which someone else has signed in meanwhile", () => {
	/** The cookie is Bo's; the database still says that it was Asha who left off here. */
	async function resumed() {
		const painted = applyBatch(initialState, [
			...connected(1, "1"),
			startLoad(),
			page("newest", [message(1, 1)]),
		]);
		await db.setLastUser(me.id);
		await db.saveSnapshot({
			userId: me.id,
			version: 2,
			state: snapshotOf(painted),
		});
		const unsent = { userId: me.id, channelId, createdAt: 1, failed: null };
		await db.addMessage({ ...unsent, nonce: "n", content: "by Asha" });
		const snapshot = await restoreSnapshot(db);
		store.setState({ ...initialState, ...snapshot }, true);
		const session = await start(async () => boAuth);
		await session.resume();
		await until(() => expect(wire.token).toBe("bo's"));
	}

	it("goes on as the one whom the hub names, with nothing of the other", async () => {
		await resumed();
		expect(getState().session).toMatchObject({ me: boMe });
		expect(getState().ui.became).toBe("Bo");
		expect(getState().timelines).toEqual({});
		expect(getState().channels.byId).toEqual({});
		expect(await db.lastUser()).toBe(boMe.id);
	});

	it("sends nothing that the other one has written, and keeps it for them", async () => {
		await resumed();
		wire.answer = () => ({ ok: { id: "10", seq: 2 } });
		for (const input of connected(1, "1")) {
			if (input.kind !== "event") continue;
			const { name, data } = input.event;
			wire.emit(name, name === "ready" ? { ...ready, me: boMe } : data);
		}
		await until(() => expect(statusOf()).toBe("live"));
		await sendMessage(channelId, "by Bo");
		await until(() =>
			expect(wire.sent.map(([name]) => name)).toContain("message_send"),
		);
		const texts = wire.sent
			.filter(([name]) => name === "message_send")
			.map(([, body]) => body);
		expect(texts).toMatchObject([{ content: "by Bo" }]);
		expect(await db.messages(me.id)).toMatchObject([{ content: "by Asha" }]);
	});

	it("does not run for one account on the connection of another", async () => {
		await signedIn();
		wire.emit("ready", { ...ready, me: boMe });
		expect(getState().session.status).toBe("signed_out");
		expect(wire.token).toBeNull();
	});
});

describe("what is remembered beside the state", () => {
	it("goes with the account", async () => {
		await signedIn();
		await openChannel(channelId);
		const before = selectChannels(getState(), "1000");
		expect(selectChannels(getState(), "1000")).toBe(before);
		const tree = parse("a secret of *Asha*");
		expect(parse("a secret of *Asha*")).toBe(tree);
		remember("let x", "js", []);
		const place = { atEnd: false, key: "1", below: 0, measured: [] };
		rememberPlace(channelId, place);
		const state = getState();

		await signOut();
		expect(parse("a secret of *Asha*")).not.toBe(tree);
		expect(recall("let x", "js")).toBeUndefined();
		expect(recallPlace(channelId)).toBeUndefined();
		expect(selectChannels(state, "1000")).not.toBe(before);
	});
});

describe("the snapshot", () => {
	const state = applyBatch(initialState, [
		...connected(60),
		startLoad(),
		page(
			"newest",
			Array.from({ length: 60 }, (_, at) => message(at + 1, at + 1)),
		),
	]);

	it("paints the end of conversations without the hub", async () => {
		const userId = me.id;
		await db.setLastUser(userId);
		await db.saveSnapshot({ userId, version: 2, state: snapshotOf(state) });
		const restored = await restoreSnapshot(db);
		expect(restored?.session).toMatchObject({
			status: "signed_in",
			isCached: true,
		});
		const timeline = restored?.timelines?.[channelId];
		expect(timeline?.ids).toHaveLength(50);
		expect(timeline?.hasOlder).toBe(true);
		expect(restored?.tracks?.[channelId]?.last).toBe(60);
	});

	it("is not painted for someone of whom the database could not be told to forget", async () => {
		const userId = me.id;
		await signedIn();
		await db.saveSnapshot({ userId, version: 2, state: snapshotOf(state) });
		const wipe = vi.spyOn(db, "wipe").mockRejectedValue(new Error("closed"));
		await signOut();
		await until(() => expect(wipe).toHaveBeenCalled());
		wipe.mockRestore();
		expect(await db.lastUser()).toBe(userId);
		expect(await restoreSnapshot(db)).toBeNull();
		expect(await db.snapshot(userId)).toBeUndefined();
	});

	it("of another version is ignored", async () => {
		const userId = me.id;
		await db.setLastUser(userId);
		await db.saveSnapshot({ userId, version: 0, state: snapshotOf(state) });
		expect(await restoreSnapshot(db)).toBeNull();
	});

	it("leaves out what a sync cannot bring up to date", () => {
		const middle = applyBatch(state, [
			startLoad(),
			page("around", [message(5, 5)], { has_older: true, has_newer: true }),
		]);
		expect(snapshotOf(middle).timelines).toEqual({});
	});
});
