// When a connection counts as caught up: with all that was told, or when no more of it comes.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Id } from "@/api/types.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { Input } from "@/stores/inputs.ts";
import { initialState } from "@/stores/state.ts";
import { dispatch, getState, store } from "@/stores/store.ts";
import {
	channelId,
	connected,
	created,
	event,
	me,
	message,
	page,
	ready,
	serverId,
	startLoad,
} from "../../tests/support/samples.ts";
import { createConnection } from "./connection.ts";
import type { WireHandlers } from "./wire.ts";

const unreadable = "1001";
const [first] = ready.servers;
if (!first) throw new Error("no server");
const two = {
	...ready,
	servers: [first, { ...first, id: unreadable, name: "Fig" }],
};
const [, structure, reads] = connected(4, "4");
if (!structure || !reads) throw new Error("no beginning");

let hub: WireHandlers;
let stop = () => {};
const close = vi.fn();
const renew = vi.fn<(ids: readonly Id[]) => void>();

function emit(...inputs: Input[]): void {
	for (const input of inputs)
		if (input.kind === "event") hub.onEvent(input.event.name, input.event.data);
}

const onEnded = vi.fn();
const statusOf = () => getState().connection.status;

beforeEach(() => {
	vi.useFakeTimers();
	vi.clearAllMocks();
	store.setState(initialState, true);
	const driver = createConnection({
		makeWire: (handlers) => {
			hub = handlers;
			const send = async () => ({});
			return { open: () => {}, close, isOpen: () => true, send };
		},
		queue: { push: (input) => dispatch(input), flush() {}, clear() {} },
		getState,
		dispatch: (input) => dispatch(input),
		fresh: async () => "token",
		renew: async () => "token",
		userId: (): Id => me.id,
		watching: { begin: () => [], renew },
		onEnded,
		onReady: () => {},
		now: Date.now,
		random: () => 0,
	});
	stop = store.subscribe(driver.check);
	driver.happen({ what: "wanted" });
});

afterEach(() => {
	stop();
	vi.useRealTimers();
});

it("goes on without a server of which nothing comes, and takes it when it does", () => {
	emit(event("ready", two), structure);
	vi.advanceTimersByTime(14_000);
	emit(reads);
	vi.advanceTimersByTime(14_000);
	expect(statusOf()).toBe("syncing");
	// Other news is no answer.
	emit(created(message(5, 5)));
	vi.advanceTimersByTime(2000);
	expect(statusOf()).toBe("live");
	expect(getState().channels.byServer[serverId]).toEqual([channelId]);
	expect(getState().channels.byServer[unreadable]).toBeUndefined();
	hub.onEvent("server_state", {
		server: { ...first, id: unreadable, owner_id: me.id, created_at: 0 },
		channels: [],
		roles: [],
		permissions: "0",
		epoch: 1,
		structure_rev: 2,
	});
	expect(getState().channels.byServer[unreadable]).toEqual([]);
});

it("goes on while a channel cannot be brought up to date", () => {
	const kept = [startLoad(), page("newest", [message(4, 4)])];
	store.setState(applyBatch(getState(), [...connected(4, "4"), ...kept]), true);
	emit(...connected(9, "9"));
	vi.advanceTimersByTime(10_000);
	emit(created(message(11, 11)));
	vi.advanceTimersByTime(4000);
	expect(statusOf()).toBe("syncing");
	vi.advanceTimersByTime(2000);
	expect(statusOf()).toBe("live");
});

it("takes no heads of a server before it is said what was read there", () => {
	const kept = [startLoad(), page("newest", [message(4, 4)])];
	store.setState(applyBatch(getState(), [...connected(4, "4"), ...kept]), true);
	const head = { id: channelId, last_seq: 9, last_message_id: "9" };
	const heads = event("heads", { server_id: serverId, channels: [head] });
	emit(event("ready", ready), structure, heads);
	expect(getState().tracks[channelId]).toMatchObject({ head: 4 });
	emit(reads, heads);
	expect(getState().tracks[channelId]).toMatchObject({ head: 9 });
});

it("has told anew that what is shown or hidden is watched", () => {
	emit(event("ready", ready), structure);
	expect(renew).toHaveBeenLastCalledWith([channelId]);
	if (structure.kind !== "event" || structure.event.name !== "server_state")
		throw new Error("no structure");
	const [shown] = structure.event.data.channels;
	if (!shown) throw new Error("no channel");
	const rights = {
		server_id: serverId,
		permissions: "0",
		shown: [shown],
		hidden: ["77"],
		channels: [],
		epoch: 2,
		structure_rev: 2,
	};
	emit(event("rights_updated", rights));
	expect(renew).toHaveBeenLastCalledWith(["77", channelId]);
	emit(event("channel_deleted", { ...rights, channel_id: "77" }));
	expect(renew).toHaveBeenLastCalledWith([]);
});

it("is over where the session has ended, but not where a token ran out or nobody knows the reason", () => {
	const end = (reason: string) => hub.onEvent("session_ended", { reason });
	for (const reason of ["expired", "of a newer hub"]) end(reason);
	expect(onEnded).not.toHaveBeenCalled();
	const reasons = [
		"signed_out",
		"revoked",
		"password_changed",
		"too_many",
		"token_reused",
		"unknown",
	];
	for (const reason of reasons) end(reason);
	expect(onEnded.mock.calls).toEqual(reasons.map((reason) => [reason]));
});

it("waits anew with every connection", () => {
	emit(event("ready", two), structure, reads);
	vi.advanceTimersByTime(14_000);
	hub.onClosed();
	vi.advanceTimersByTime(60_000);
	expect(statusOf()).toBe("reconnecting");
	emit(event("ready", two), structure, reads);
	vi.advanceTimersByTime(14_000);
	expect(statusOf()).toBe("syncing");
	vi.advanceTimersByTime(2000);
	expect(statusOf()).toBe("live");
});

it.each(["event", "page"])(
	"connects anew by itself when the hub has another past, by %s",
	(way) => {
		emit(event("ready", ready), structure, reads);
		expect(statusOf()).toBe("live");
		const renamed = { ...ready.hub, name: "Haat" };
		emit(event("hub_updated", { hub: renamed }));
		expect(statusOf()).toBe("live");
		const restored = { ...renamed, generation: ready.hub.generation + 1 };
		if (way === "event") emit(event("hub_updated", { hub: restored }));
		else dispatch({ kind: "page", page: { of: "hub", hub: restored } });
		expect(statusOf()).toBe("reconnecting");
		expect(close).toHaveBeenCalledOnce();
		expect(getState().tracks).toEqual({});
		const again = { ...ready, hub: restored };
		emit(event("ready", again), structure, reads);
		expect(statusOf()).toBe("live");
		expect(getState().tracks[channelId]).toBeDefined();
		expect(close).toHaveBeenCalledOnce();
	},
);
