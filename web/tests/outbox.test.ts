// The outbox against a hub that may be away, slow or unwilling, with reloads
// and two tabs: every message reaches the hub once and in order, or stays here
// with its text.
import "fake-indexeddb/auto";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { CommandError } from "@/api/errors.ts";
import type { CommandMap } from "@/api/types.ts";
import { createOutbox, type Outbox } from "@/gateway/outbox.ts";
import { type Db, openDb } from "@/lib/db.ts";
import { createLocalLock, type Lock } from "@/lib/locks.ts";
import type { TabMessage, Tabs } from "@/lib/tabs.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState, type State } from "@/stores/state.ts";
import { channelId, connected } from "./support/samples.ts";
import { until } from "./support/until.ts";

const other = "2001";

type Body = CommandMap["message_send"]["body"];
type Mood =
	| "answers"
	/** Stores it, but the answer is lost. */
	| "stores silently"
	| "is away"
	| "is busy"
	| "refuses";

/** Stores each nonce once, in order of arrival; its mood is a list of answers. */
class FakeHub {
	readonly stored: Body[] = [];
	readonly refused: Body[] = [];
	moods: Mood[] = [];
	inFlight = 0;
	mostInFlight = 0;
	/** Nothing in it can be stored for the moment. */
	broken: string | undefined;
	tries = 0;

	async send(body: Body): Promise<{ id: string; seq: number }> {
		this.inFlight += 1;
		this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
		await Promise.resolve();
		this.inFlight -= 1;
		if (body.channel_id === this.broken) {
			this.tries += 1;
			throw new CommandError({ code: "internal" });
		}
		const mood = this.moods.shift() ?? "answers";
		if (mood === "is away") throw new CommandError({ code: "network" });
		if (mood === "is busy")
			throw new CommandError({ code: "rate_limited", retryAfterMs: 5 });
		if (mood === "refuses" && !this.#find(body.nonce)) {
			this.refused.push(body);
			throw new CommandError({ code: "forbidden" });
		}
		if (!this.#find(body.nonce)) this.stored.push(body);
		if (mood === "stores silently") throw new CommandError({ code: "timeout" });
		const seq = this.stored.findIndex((row) => row.nonce === body.nonce) + 1;
		return { id: String(seq * 10), seq };
	}

	contents(): string[] {
		return this.stored.map(({ content }) => content);
	}

	#find(nonce: string) {
		return this.stored.find((row) => row.nonce === nonce);
	}
}

/** What the tabs of one browser share. */
class Browser {
	lock: Lock = createLocalLock();
	readonly tabs = new Set<(message: TabMessage) => void>();
	nonces = 0;
	readonly db: Db;

	constructor(db: Db) {
		this.db = db;
	}

	static async open(): Promise<Browser> {
		databases += 1;
		return new Browser(await openDb(`test-${databases}`));
	}

	channel(): Tabs {
		let mine: ((message: TabMessage) => void) | null = null;
		return {
			post: (message) => {
				for (const heard of this.tabs) if (heard !== mine) heard(message);
			},
			listen: (heard) => {
				mine = heard;
				this.tabs.add(heard);
				return () => {
					this.tabs.delete(heard);
				};
			},
			close: () => {},
		};
	}
}

let databases = 0;

class Tab {
	state: State = applyBatch(initialState, connected());
	isOnline = true;
	readonly outbox: Outbox;

	/** Waiting is not what is tested; giving way is. */
	sleep = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

	constructor(browser: Browser, hub: FakeHub) {
		this.outbox = createOutbox({
			userId: "1",
			db: browser.db,
			tabs: browser.channel(),
			lock: browser.lock,
			command: async (_name, body) => {
				if (!this.isOnline) throw new CommandError({ code: "network" });
				// The fake takes the one command that an outbox sends.
				return (await hub.send(body as Body)) as never;
			},
			getState: () => this.state,
			apply: (input) => {
				this.state = applyBatch(this.state, [input]);
			},
			canSend: () => this.isOnline,
			now: () => 0,
			random: () => 0,
			nonce: () => {
				browser.nonces += 1;
				return `n${browser.nonces}`;
			},
			sleep: () => this.sleep(),
		});
	}

	get shown() {
		return this.state.outbox[channelId] ?? [];
	}

	contents(): string[] {
		return this.shown.map((row) => row.content);
	}
}

async function emptied(browser: Browser): Promise<void> {
	await until(async () => {
		const rows = await browser.db.messages("1");
		expect(rows.filter((row) => row.failed === null)).toEqual([]);
	});
}

describe("the outbox", () => {
	it("shows a message when it is stored, and sends it when it can", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		const tab = new Tab(browser, hub);
		tab.isOnline = false;
		await tab.outbox.enqueue(channelId, "one");
		await tab.outbox.enqueue(channelId, "two");
		expect(tab.shown.map((row) => row.state.status)).toEqual([
			"queued",
			"queued",
		]);
		expect(await browser.db.messages("1")).toHaveLength(2);
		tab.isOnline = true;
		tab.outbox.flush();
		await emptied(browser);
		expect(hub.stored.map((row) => row.content)).toEqual(["one", "two"]);
		await until(() => expect(tab.shown).toEqual([]));
	});

	it("sends the messages of a channel one at a time", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		const tab = new Tab(browser, hub);
		for (const text of ["a", "b", "c"])
			await tab.outbox.enqueue(channelId, text);
		await emptied(browser);
		expect(hub.mostInFlight).toBe(1);
		expect(hub.stored.map((row) => row.content)).toEqual(["a", "b", "c"]);
	});

	it("holds up no other channel while the hub cannot take what is for one", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		hub.broken = channelId;
		const tab = new Tab(browser, hub);
		await tab.outbox.enqueue(channelId, "nobody can read this one now");
		await until(() => expect(hub.tries).toBeGreaterThan(1));
		await tab.outbox.enqueue(other, "one");
		await until(() => expect(hub.contents()).toEqual(["one"]));
		await tab.outbox.enqueue(other, "two");
		await until(() => expect(hub.contents()).toEqual(["one", "two"]));
		hub.broken = undefined;
		await emptied(browser);
		expect(hub.stored).toHaveLength(3);
	});

	it("rests before it tries again on a device that gives no lock", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		let refusals = 3;
		const { lock } = browser;
		browser.lock = (name, task) => {
			if (refusals === 0) return lock(name, task);
			refusals -= 1;
			return Promise.reject(new DOMException("no locks", "SecurityError"));
		};
		const tab = new Tab(browser, hub);
		let rests = 0;
		tab.sleep = async () => {
			rests += 1;
		};
		await tab.outbox.enqueue(channelId, "one");
		await emptied(browser);
		expect(rests).toBe(3);
		expect(hub.contents()).toEqual(["one"]);
	});

	it("tries at once again what waits when the reason for it is over", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		hub.moods = ["is away"];
		const tab = new Tab(browser, hub);
		const sleep = vi.fn(() => new Promise<void>(() => {}));
		tab.sleep = sleep;
		await tab.outbox.enqueue(channelId, "one");
		await until(() => expect(sleep).toHaveBeenCalled());
		expect(tab.shown[0]?.state).toEqual({ status: "queued" });
		tab.outbox.hurry();
		await emptied(browser);
		expect(hub.stored.map((row) => row.content)).toEqual(["one"]);
	});

	it("leaves the lock to the next one when it is stopped while it rests", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		hub.moods = ["is away"];
		const before = new Tab(browser, hub);
		const sleep = vi.fn(() => new Promise<void>(() => {}));
		before.sleep = sleep;
		await before.outbox.enqueue(channelId, "one");
		await until(() => expect(sleep).toHaveBeenCalled());
		before.outbox.stop();
		await new Tab(browser, hub).outbox.restore();
		await emptied(browser);
		expect(hub.contents()).toEqual(["one"]);
	});

	it("asks for no lock any more when it is stopped on a device that gives none", async () => {
		const browser = await Browser.open();
		const refuse = vi.fn(() =>
			Promise.reject(new DOMException("no locks", "SecurityError")),
		);
		browser.lock = refuse;
		const tab = new Tab(browser, new FakeHub());
		let wake = () => {};
		tab.sleep = () =>
			new Promise<void>((done) => {
				wake = done;
			});
		await tab.outbox.enqueue(channelId, "one");
		await until(() => expect(refuse).toHaveBeenCalledOnce());
		tab.outbox.stop();
		wake();
		tab.outbox.flush();
		await browser.db.messages("1");
		expect(refuse).toHaveBeenCalledOnce();
	});

	it("survives a reload, in order", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		const before = new Tab(browser, hub);
		before.isOnline = false;
		for (const text of ["a", "b", "c"])
			await before.outbox.enqueue(channelId, text);
		before.outbox.stop();
		const after = new Tab(browser, hub);
		await after.outbox.restore();
		expect(after.contents()).toEqual(["a", "b", "c"]);
		await emptied(browser);
		expect(hub.stored.map((row) => row.content)).toEqual(["a", "b", "c"]);
	});

	it("keeps the text of what the hub refuses, and goes on", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		hub.moods = ["refuses"];
		const tab = new Tab(browser, hub);
		await tab.outbox.enqueue(channelId, "no");
		await tab.outbox.enqueue(channelId, "yes");
		await emptied(browser);
		await until(() => expect(tab.contents()).toEqual(["no"]));
		expect(tab.shown[0]?.state).toEqual({
			status: "failed",
			code: "forbidden",
		});
		expect(hub.stored.map((row) => row.content)).toEqual(["yes"]);

		await tab.outbox.retry(channelId, tab.shown[0]?.nonce ?? "");
		await emptied(browser);
		expect(hub.stored.map((row) => row.content)).toEqual(["yes", "no"]);
	});

	it("does not send what was taken back", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		const tab = new Tab(browser, hub);
		tab.isOnline = false;
		await tab.outbox.enqueue(channelId, "oops");
		await tab.outbox.discard(channelId, tab.shown[0]?.nonce ?? "");
		tab.isOnline = true;
		tab.outbox.flush();
		await emptied(browser);
		expect(tab.shown).toEqual([]);
		expect(hub.stored).toEqual([]);
	});

	it("is sent by the tab that has the network, and both tabs agree", async () => {
		const browser = await Browser.open();
		const hub = new FakeHub();
		const here = new Tab(browser, hub);
		const there = new Tab(browser, hub);
		here.isOnline = false;
		await here.outbox.enqueue(channelId, "from here");
		await emptied(browser);
		expect(hub.stored.map((row) => row.content)).toEqual(["from here"]);
		await until(() => {
			expect(here.shown).toEqual([]);
			expect(there.shown).toEqual([]);
		});
	});

	const mood = fc.constantFrom<Mood>(
		"answers",
		"stores silently",
		"is away",
		"is busy",
		"refuses",
	);
	const act = fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom("write here", "write there") },
		{
			weight: 2,
			arbitrary: fc.constantFrom("cut", "join", "reload", "wait"),
		},
	);

	it("delivers each message once, whatever happens meanwhile", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(mood, { maxLength: 12 }),
				fc.array(act, { maxLength: 12 }),
				async (moods, acts) => {
					const browser = await Browser.open();
					const hub = new FakeHub();
					// A copy, so that a failing run still shows them.
					hub.moods = [...moods];
					let here = new Tab(browser, hub);
					const there = new Tab(browser, hub);
					const written: string[] = [];
					for (const one of acts) {
						if (one.startsWith("write")) {
							const tab = one === "write here" ? here : there;
							written.push(`m${written.length}`);
							await tab.outbox.enqueue(channelId, written.at(-1) ?? "");
						}
						if (one === "cut") here.isOnline = false;
						if (one === "join") here.isOnline = true;
						if (one === "wait") await new Promise((done) => setTimeout(done));
						if (one === "reload") {
							here.outbox.stop();
							here = new Tab(browser, hub);
							await here.outbox.restore();
						}
						here.outbox.flush();
					}
					here.isOnline = true;
					here.outbox.flush();
					there.outbox.flush();
					await emptied(browser);
					const arrived = hub.stored.map((row) => row.content);
					// Refused while its page was going, it was tried again: then the
					// hub has taken it after all, or has refused it once more.
					const refusals = new Set(hub.refused.map((row) => row.content));
					const refused = [...refusals].filter(
						(text) => !arrived.includes(text),
					);
					expect([...arrived, ...refused].toSorted()).toEqual(
						written.toSorted(),
					);
					// A refused one leaves its place; the rest keep theirs.
					const kept = written.filter((text) => !refused.includes(text));
					expect(arrived).toEqual(kept);
					here.outbox.stop();
					there.outbox.stop();
					browser.db.close();
				},
			),
			{ numRuns: 60 },
		);
	}, 60_000);
});
