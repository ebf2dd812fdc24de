// The client against a model of the hub and a bad network: whatever is lost,
// doubled, late or cut, in the end the client has what the hub has.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNewer } from "@/lib/ids.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { Input } from "@/stores/inputs.ts";
import { selectIsBehind, selectIsUnread } from "@/stores/selectors.ts";
import { initialState, type State } from "@/stores/state.ts";
import { timelineRows } from "@/stores/timelineRows.ts";
import { ModelHub } from "./support/modelHub.ts";
import { channelId, connected, page, startLoad } from "./support/samples.ts";

const fate = fc.constantFrom("arrives", "is lost", "arrives twice", "is late");
type Fate = "arrives" | "is lost" | "arrives twice" | "is late";

const step = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({ does: fc.constant("write" as const), fate }),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			does: fc.constantFrom(
				"edit" as const,
				"delete" as const,
				"read" as const,
			),
			pick: fc.nat(20),
			fate,
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			does: fc.constant("send" as const),
			fate,
			/** Whether the hub gets it, and whether we learn that. */
			outcome: fc.constantFrom("ack first", "ack last", "no ack", "unsent"),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.constantFrom(
			...(
				[
					"sync",
					"cut",
					"release",
					"load newest",
					"load older",
					"page arrives",
					"last page arrives",
				] as const
			).map((does) => ({ does })),
		),
	},
);

/** The client, the network between, and what is under way in it. */
class World {
	readonly hub = new ModelHub();
	state: State = initialState;
	readonly log: Input[] = [];
	#late: Input[] = [];
	#pages: Input[] = [];
	#unsent: string[] = [];
	#sent = 0;

	#isConnected = false;

	/** Pages can be read while the socket is still on its way. */
	constructor(isConnected: boolean) {
		if (isConnected) this.reconnect();
	}

	apply(...inputs: Input[]): void {
		this.log.push(...inputs);
		this.state = applyBatch(this.state, inputs);
	}

	run(action: typeof step extends fc.Arbitrary<infer T> ? T : never): void {
		switch (action.does) {
			case "write":
				return this.#deliver(this.hub.write(false, null), action.fate);
			case "edit":
				return this.#deliver(this.hub.edit(action.pick), action.fate);
			case "delete":
				return this.#deliver(this.hub.delete(action.pick), action.fate);
			case "read":
				return this.#deliver(this.hub.read(action.pick), action.fate);
			case "send":
				return this.#send(action.fate, action.outcome);
			case "sync":
				return this.sync();
			case "cut":
				return this.reconnect();
			case "release":
				this.apply(...this.#late.splice(0).reverse());
				return;
			case "load newest":
				return this.#load("newest", null);
			case "load older": {
				const anchor = this.state.timelines[channelId]?.ids[0];
				if (anchor) this.#load("older", anchor);
				return;
			}
			case "page arrives":
			case "last page arrives": {
				const isFirst = action.does === "page arrives";
				const arriving = isFirst ? this.#pages.shift() : this.#pages.pop();
				if (arriving) this.apply(arriving);
				return;
			}
		}
	}

	/** What was late is gone for good; the hub says how far it has come. */
	reconnect(): void {
		this.#late = [];
		this.#isConnected = true;
		const { seq, lastMessageId, mark } = this.hub;
		this.apply(...connected(seq, lastMessageId, mark));
	}

	sync(): void {
		while (this.#isConnected && selectIsBehind(this.state, channelId)) {
			const after = this.state.tracks[channelId]?.last ?? 0;
			const changes = this.hub.sync(after, 3);
			this.apply({ kind: "sync", channelId, changes });
		}
	}

	settle(): void {
		this.apply(...this.#pages.splice(0));
		this.reconnect();
		this.sync();
		for (const nonce of this.#unsent.splice(0)) {
			this.apply(...this.hub.send(nonce));
			this.#ack(nonce);
		}
		this.sync();
	}

	#send(fate: Fate, outcome: string): void {
		this.#sent += 1;
		const nonce = `n${this.#sent}`;
		const pending = {
			nonce,
			channelId,
			content: "mine",
			createdAt: this.#sent,
			state: { status: "queued" } as const,
		};
		this.apply({ kind: "local", change: { do: "outbox_put", pending } });
		// Without an acknowledgement the outbox sends again, at the end here.
		const isUnsure = outcome === "no ack" || outcome === "unsent";
		if (isUnsure || !this.#isConnected) this.#unsent.push(nonce);
		if (outcome === "unsent" || !this.#isConnected) return;
		const written = this.hub.send(nonce);
		if (outcome === "ack first") this.#ack(nonce);
		for (const told of written) this.#deliver(told, fate);
		if (outcome === "ack last") this.#ack(nonce);
	}

	#ack(nonce: string): void {
		const row = this.hub.rows.find((one) => one.nonce === nonce);
		if (row)
			this.apply({ kind: "ack", channelId, nonce, id: row.id, seq: row.seq });
	}

	/** The page is read now and arrives later. */
	#load(part: "newest" | "older", anchor: string | null): void {
		if (part === "newest") this.#giveUpWindows();
		this.apply(startLoad(part === "older" ? "older" : "whole"));
		const { items, has_older, has_newer } = this.hub.page(anchor, 4);
		const edges = { has_older, has_newer, ...(anchor ? { anchor } : {}) };
		this.#pages.push(page(part, items, edges));
	}

	/** A newer load of the whole window makes earlier ones pointless. */
	#giveUpWindows(): void {
		const isWindow = (input: Input) =>
			input.kind === "page" &&
			input.page.of === "messages" &&
			input.page.part === "newest";
		for (const _ of this.#pages.filter(isWindow))
			this.apply({
				kind: "local",
				change: { do: "load_failed", channelId, part: "whole" },
			});
		this.#pages = this.#pages.filter((input) => !isWindow(input));
	}

	#deliver(input: Input | null, fate: Fate): void {
		if (!input || !this.#isConnected || fate === "is lost") return;
		if (fate === "is late") this.#late.push(input);
		else if (fate === "arrives twice") this.apply(input, input);
		else this.apply(input);
	}
}

function begin(steps: unknown[]): World {
	return new World(steps.length % 2 === 0);
}

function play(steps: Parameters<World["run"]>[0][]): World {
	const world = begin(steps);
	for (const action of steps) world.run(action);
	return world;
}

const steps = fc.array(step, { maxLength: 60 });
const runs = { numRuns: 1000 };

describe("the client under loss", () => {
	it("has what the hub has, where it looks, once and in order", () => {
		fc.assert(
			fc.property(steps, (actions) => {
				const world = play(actions);
				world.settle();
				const timeline = world.state.timelines[channelId];
				if (!timeline) return;
				const live = world.hub.live;
				const first = timeline.hasOlder
					? live.findIndex((row) => row.id === timeline.ids[0])
					: 0;
				expect(timeline.hasNewer).toBe(false);
				expect(timeline.ids.map((id) => timeline.byId[id])).toEqual(
					timeline.ids.length === 0 && timeline.hasOlder
						? []
						: live.slice(first),
				);
			}),
			runs,
		);
	});

	it("says of a channel that it is unread when the hub does", () => {
		fc.assert(
			fc.property(steps, (actions) => {
				const world = play(actions);
				world.settle();
				const { lastMessageId, mark } = world.hub;
				expect(world.state.tracks[channelId]?.lastMessageId).toBe(
					lastMessageId,
				);
				expect(selectIsUnread(world.state, channelId)).toBe(
					isNewer(lastMessageId, mark.id),
				);
			}),
			runs,
		);
	});

	it("shows each message of mine exactly once, at every moment", () => {
		fc.assert(
			fc.property(steps, (actions) => {
				const world = begin(actions);
				for (const action of actions) {
					world.run(action);
					const rows = timelineRows({
						timeline: world.state.timelines[channelId] ?? null,
						pending: world.state.outbox[channelId] ?? [],
						entry: null,
						meId: "1",
						dayOf: () => "",
					});
					const keys = rows.map((row) => row.key);
					expect(new Set(keys).size).toBe(keys.length);
				}
				world.settle();
				expect(world.state.outbox[channelId] ?? []).toEqual([]);
			}),
			runs,
		);
	});

	it("does not care how inputs are batched", () => {
		fc.assert(
			fc.property(steps, fc.infiniteStream(fc.nat(4)), (actions, sizes) => {
				const { log } = play(actions);
				const whole = applyBatch(initialState, log);
				let split = initialState;
				for (let at = 0; at < log.length; ) {
					const size = 1 + (sizes.next().value ?? 0);
					split = applyBatch(split, log.slice(at, at + size));
					at += size;
				}
				expect(split).toEqual(whole);
			}),
			{ numRuns: 200 },
		);
	});

	it("is not moved by a replay of what has happened", () => {
		fc.assert(
			fc.property(steps, (actions) => {
				const world = play(actions);
				world.settle();
				const settled = world.state;
				const again = world.log.filter(
					(input) =>
						input.kind === "event" && input.event.name.startsWith("message_"),
				);
				expect(applyBatch(settled, again)).toEqual(settled);
			}),
			{ numRuns: 200 },
		);
	});

	it("leaves the state it was given alone", () => {
		fc.assert(
			fc.property(steps, (actions) => {
				const { state, log } = play(actions);
				const before = structuredClone(state);
				applyBatch(state, log);
				expect(state).toEqual(before);
			}),
			{ numRuns: 100 },
		);
	});
});
