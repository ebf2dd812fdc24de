// What the hub is told to send whole: the channels whose windows are kept, whenever these are others.
import { beforeEach, expect, it, vi } from "vitest";
import { CommandError } from "@/api/errors.ts";
import type { Id } from "@/api/types.ts";
import type { Input } from "@/stores/inputs.ts";
import { initialState, type State } from "@/stores/state.ts";
import type { Command } from "./commands.ts";
import { createWatching, type Watching } from "./watching.ts";

let state: State;
let watching: Watching;
/** What was asked, and how it is answered. */
let asked: (readonly Id[])[];
let answer: () => Promise<unknown>;
const apply = vi.fn<(input: Input) => void>();
const sleep = vi.fn(async (_ms: number) => {});

/** The store is another, and all that follows at once has happened. */
async function change(to: Partial<State>): Promise<void> {
	state = { ...state, ...to };
	watching.check();
	await settled();
}

async function settled(): Promise<void> {
	for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

beforeEach(() => {
	vi.clearAllMocks();
	state = { ...initialState, recent: ["1"] };
	asked = [];
	answer = async () => ({ channels: [] });
	const command = (async (_name: string, body: { channels: Id[] }) => {
		asked.push(body.channels);
		return answer();
	}) as Command;
	const getState = () => state;
	watching = createWatching({
		getState,
		apply,
		command,
		sleep,
		random: () => 0,
	});
	expect(watching.begin()).toEqual(["1"]);
});

it("tells what is kept when it is other than what the connection began with", async () => {
	await change({ connection: { status: "syncing" } });
	expect(asked).toEqual([]);
	const head = { id: "2", last_seq: 7, last_message_id: "70" };
	answer = async () => ({ channels: [head] });
	await change({ recent: ["1", "2"] });
	expect(asked).toEqual([["1", "2"]]);
	expect(apply).toHaveBeenCalledExactlyOnceWith({
		kind: "watched",
		channels: [head],
	});
	// The order says only which was opened last.
	await change({ recent: ["2", "1"] });
	expect(asked).toHaveLength(1);
});

it("tells nobody while there is no connection, and what is kept then when there is one", async () => {
	await change({ connection: { status: "connecting" }, recent: ["2"] });
	expect(asked).toEqual([]);
	expect(watching.begin()).toEqual(["2"]);
	await change({ connection: { status: "live" } });
	expect(asked).toEqual([]);
});

it("tells what has changed while the hub was asked, once", async () => {
	let resolve = (_answer: unknown) => {};
	const promise = new Promise((done) => {
		resolve = done;
	});
	answer = () => promise;
	await change({ connection: { status: "live" }, recent: ["2"] });
	await change({ recent: ["2", "3"] });
	await change({ recent: ["2", "3", "4"] });
	expect(asked).toEqual([["2"]]);
	resolve({ channels: [] });
	await settled();
	expect(asked).toEqual([["2"], ["2", "3", "4"]]);
});

it("tells it again when channels were shown, when all have come", async () => {
	watching.renew(["1", "9"]);
	await change({ connection: { status: "syncing" } });
	expect(asked).toEqual([]);
	await change({ connection: { status: "live" } });
	expect(asked).toEqual([["1"]]);
	await change({ recent: ["1"] });
	expect(asked).toHaveLength(1);
	// Of what it was not told nothing is to be told anew.
	watching.renew(["9"]);
	await change({ recent: ["1"] });
	expect(asked).toHaveLength(1);
});

it("tells at once what is opened while servers are still shown", async () => {
	watching.renew(["1"]);
	await change({ connection: { status: "syncing" } });
	await change({ recent: ["1", "2"] });
	expect(asked).toEqual([["1", "2"]]);
	watching.renew(["2"]);
	await change({ recent: ["1", "2"] });
	expect(asked).toHaveLength(1);
	await change({ connection: { status: "live" } });
	expect(asked).toEqual([
		["1", "2"],
		["1", "2"],
	]);
});

it("tells it again where what the hub has left out is shown, or what it has hidden", async () => {
	// The second one is not seen yet.
	await change({ connection: { status: "live" }, recent: ["1", "2"] });
	await change({ recent: ["1", "2"] });
	expect(asked).toHaveLength(1);
	watching.renew(["2"]);
	await change({ recent: ["1", "2"] });
	expect(asked).toHaveLength(2);
	// It is hidden, and there again, while the hub is asked of another.
	let resolve = (_answer: unknown) => {};
	const promise = new Promise((done) => {
		resolve = done;
	});
	answer = () => promise;
	await change({ recent: ["1", "2", "3"] });
	watching.renew(["2"]);
	await change({ recent: ["1", "3"] });
	watching.renew(["2"]);
	await change({ recent: ["1", "3", "2"] });
	expect(asked).toHaveLength(3);
	resolve({ channels: [] });
	await settled();
	expect(asked.slice(2)).toEqual([
		["1", "2", "3"],
		["1", "3", "2"],
	]);
});

it("tries again when the hub says so", async () => {
	const refused = new CommandError({
		code: "rate_limited",
		retryAfterMs: 7000,
	});
	answer = async () => {
		answer = async () => ({ channels: [] });
		throw refused;
	};
	await change({ connection: { status: "live" }, recent: ["2"] });
	expect(sleep).toHaveBeenCalledExactlyOnceWith(7000);
	expect(asked).toEqual([["2"], ["2"]]);
});

it("rests before it tries again, though the hub asks for no wait, and longer each time", async () => {
	const errors = ["timeout", "rate_limited", "internal"].map(
		(code) => new CommandError({ code, retryAfterMs: 0 }),
	);
	answer = async () => {
		const error = errors.shift();
		if (error) throw error;
		return { channels: [] };
	};
	await change({ connection: { status: "live" }, recent: ["2"] });
	await settled();
	expect(sleep.mock.calls).toEqual([[500], [1000], [2000]]);
	expect(asked).toHaveLength(4);
});

it("asks once for what the hub refuses for good, until there is something else to ask for", async () => {
	sleep.mockReturnValue(new Promise(() => {}));
	answer = async () => {
		throw new CommandError({ code: "invalid_input" });
	};
	await change({ connection: { status: "live" }, recent: ["2"] });
	await change({ recent: ["2"] });
	expect(asked).toEqual([["2"]]);
	answer = async () => ({ channels: [] });
	await change({ recent: ["2", "3"] });
	expect(asked).toEqual([["2"], ["2", "3"]]);
	expect(sleep).not.toHaveBeenCalled();
});

it("leaves to the next connection what failed on the one before", async () => {
	answer = async () => {
		state = { ...state, connection: { status: "connecting" } };
		watching.begin();
		throw new CommandError({ code: "network" });
	};
	await change({ connection: { status: "live" }, recent: ["2"] });
	expect(asked).toEqual([["2"]]);
	expect(sleep).not.toHaveBeenCalled();
	await change({ connection: { status: "live" } });
	expect(asked).toHaveLength(1);
});

it("waits for no earlier connection", async () => {
	answer = async () => {
		throw new CommandError({ code: "rate_limited", retryAfterMs: 60_000 });
	};
	sleep.mockReturnValueOnce(new Promise(() => {}));
	await change({ connection: { status: "live" }, recent: ["2"] });
	expect(sleep).toHaveBeenCalledExactlyOnceWith(60_000);
	answer = async () => ({ channels: [] });
	await change({ connection: { status: "connecting" } });
	expect(watching.begin()).toEqual(["2"]);
	await change({ connection: { status: "live" } });
	await change({ recent: ["2", "3"] });
	expect(asked).toEqual([["2"], ["2", "3"]]);
});

it("tells it again where a later connection has taken what was meant for an earlier one", async () => {
	let resolve = (_answer: unknown) => {};
	const promise = new Promise((done) => {
		resolve = done;
	});
	answer = () => promise;
	await change({ connection: { status: "live" }, recent: ["2"] });
	await change({ connection: { status: "connecting" }, recent: ["3"] });
	expect(watching.begin()).toEqual(["3"]);
	answer = async () => ({ channels: [] });
	await change({ connection: { status: "live" } });
	resolve({ channels: [] });
	await settled();
	expect(asked).toEqual([["2"], ["3"]]);
});

it("asks a hub that does not know of it once on each connection", async () => {
	answer = async () => {
		throw new CommandError({ code: "unknown_command" });
	};
	await change({ connection: { status: "live" }, recent: ["2"] });
	await change({ recent: ["3"] });
	expect(asked).toEqual([["2"]]);
	expect(sleep).not.toHaveBeenCalled();
	watching.begin();
	await change({ recent: ["4"] });
	expect(asked).toEqual([["2"], ["4"]]);
});
