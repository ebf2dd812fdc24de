// A session of this device, with the socket and HTTP played by hand.
import { afterEach, beforeEach, expect } from "vitest";
import type { AuthResponse, EventMap, EventName } from "@/api/types.ts";
import { SessionDriver } from "@/gateway/session.ts";
import type { Wire, WireHandlers } from "@/gateway/wire.ts";
import { type Db, openDb } from "@/lib/db.ts";
import { createLocalLock, type Lock } from "@/lib/locks.ts";
import { createTabs, type Tabs } from "@/lib/tabs.ts";
import { signIn, signOut } from "@/stores/actions/account.ts";
import { initialState } from "@/stores/state.ts";
import { getState, store } from "@/stores/store.ts";
import { connected, me, ready } from "./samples.ts";
import { until } from "./until.ts";

export { until };

export const auth: AuthResponse = {
	access_token: "t1",
	expires_at: Date.now() + 600_000,
	session_id: "77",
	user: me,
};

/** The hub's end of the socket. */
class FakeWire implements Wire {
	token: string | null = null;
	readonly sent: [string, object][] = [];
	answer: (name: string, body: object) => unknown = (name) => ({
		ok: name === "channels_watch" ? { channels: [] } : {},
	});
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
	greet(lastSeq = 0, generation = ready.hub.generation) {
		const hub = { ...ready.hub, generation };
		for (const input of connected(lastSeq)) {
			if (input.kind !== "event") continue;
			const { name, data } = input.event;
			this.handlers.onEvent(name, name === "ready" ? { ...data, hub } : data);
		}
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

/** What is said between tabs is heard in the other files of tests, which run beside this one. */
const browser = crypto.randomUUID();
let databases = 0;
export let db: Db;
let tabs: Tabs;
/** All tabs of the browser have one. */
export let lock: Lock;
export let wire: FakeWire;
/** What was asked over HTTP. */
export const requests: string[] = [];
let respond: (request: string) => Response | Promise<Response>;

export async function start(refresh: () => Promise<AuthResponse>) {
	return new SessionDriver({
		db,
		tabs,
		lock,
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
}

export const noSession = async () => {
	const { ApiError } = await import("@/api/errors.ts");
	throw new ApiError({ code: "unauthenticated", status: 401 });
};

export const statusOf = () => getState().connection.status;
beforeEach(async () => {
	databases += 1;
	db = await openDb(`${browser}-${databases}`);
	tabs = createTabs(`${browser}-${databases}`);
	lock = createLocalLock();
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

export async function signedIn() {
	const session = await start(noSession);
	await session.resume();
	await signIn({ login: "asha", password: "correct horse" });
	await until(() => expect(wire.token).toBe("t1"));
	wire.greet();
	await until(() => expect(statusOf()).toBe("live"));
}

/** Another tab of the same browser. */
export function besideTab(): Tabs {
	return createTabs(`${browser}-${databases}`);
}

/** How the hub answers from now on. */
export function answerWith(
	answer: (request: string) => Response | Promise<Response>,
): void {
	respond = answer;
}

/** Another account on the same device. */
export const boMe = { ...me, id: "2", username: "bo", display_name: "Bo" };
export const boAuth = { ...auth, access_token: "bo's", user: boMe };
