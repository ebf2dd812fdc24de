// A hub whose past has come back: a backup, or a stand-in that had not got the last changes.
import { describe, expect, it } from "vitest";
import type { ServerState } from "@/api/types.ts";
import { snapshotOf } from "@/gateway/snapshot.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { Input } from "@/stores/inputs.ts";
import { selectIsBehind } from "@/stores/selectors.ts";
import { initialState, type PendingState } from "@/stores/state.ts";
import {
	channelId,
	connected,
	created,
	deleted,
	event,
	type Mark,
	message,
	page,
	readUpdated,
	ready,
	serverId,
	startLoad,
} from "./support/samples.ts";

describe("a hub that has lost what was seen here", () => {
	const seen = applyBatch(initialState, [
		...connected(50, "50"),
		startLoad(),
		page("newest", [message(50, 50)]),
	]);

	it("is believed: its numbers begin anew, and the window is read again", () => {
		const state = applyBatch(seen, connected(40, "40"));
		expect(state.tracks[channelId]).toMatchObject({
			last: 40,
			head: 40,
			lastMessageId: "40",
		});
		expect(state.timelines[channelId]?.isStale).toBe(true);
		const later = applyBatch(state, [created(message(410, 41))]);
		expect(later.tracks[channelId]?.last).toBe(41);
	});

	it("has again what was deleted after that", () => {
		const state = applyBatch(seen, [
			deleted({ ...message(30, 30), rev: 51 }, "50"),
			...connected(40, "40"),
			startLoad(),
			page("newest", [message(30, 30), message(40, 40)]),
		]);
		expect(state.timelines[channelId]?.ids).toEqual(["30", "40"]);
	});

	it("is not seen in heads that an event has overtaken", () => {
		const [begin, structure, reads] = connected(50, "50");
		const inputs = [begin, structure, created(message(51, 51)), reads];
		const state = applyBatch(
			seen,
			inputs.filter((one) => one !== undefined),
		);
		expect(state.tracks[channelId]?.last).toBe(51);
		expect(state.timelines[channelId]?.isStale).toBe(false);
	});

	it("is noticed after a reload, too", () => {
		const restored = { ...initialState, ...snapshotOf(seen) };
		const state = applyBatch(restored, connected(40, "40"));
		expect(state.tracks[channelId]?.last).toBe(40);
	});
});

describe("a hub that says that it has another past", () => {
	const local = (
		change: Extract<Input, { kind: "local" }>["change"],
	): Input => ({
		kind: "local",
		change,
	});
	const pending = (nonce: string, state: PendingState) =>
		local({
			do: "outbox_put",
			pending: { nonce, channelId, content: nonce, createdAt: 1, state },
		});
	const seen = applyBatch(initialState, [
		...connected(50, "50", { id: "40", rev: 9 }),
		event("server_updated", {
			server: { ...structure().server, epoch: 9 },
			epoch: 9,
			structure_rev: 9,
		}),
		startLoad(),
		page("newest", [message(40, 40), message(50, 50)]),
		local({ do: "channel_opened", channelId, at: 1 }),
		local({ do: "draft", channelId, text: "half a thought" }),
		pending("waits", { status: "queued" }),
		pending("is stored", { status: "sent", id: "60", seq: 60 }),
	]);

	function structure(change: Partial<ServerState> = {}): ServerState {
		const [, state] = connected();
		if (state?.kind !== "event" || state.event.name !== "server_state")
			throw new Error("not the structure");
		return { ...state.event.data, ...change };
	}

	const hub = { ...ready.hub, generation: 2 };
	const restored = (
		servers = ready.servers,
		change: Partial<ServerState> = {},
	): Input[] => [
		event("ready", { ...ready, hub, servers }),
		event("server_state", structure(change)),
	];
	const reads = (read?: Mark) => connected(45, "45", read).slice(2);

	it("keeps its servers until it says which of them it has, by whatever numbers", () => {
		const told = applyBatch(seen, [event("hub_updated", { hub })]);
		expect(told.servers.order).toEqual([serverId]);
		expect(told.channels.byId[channelId]?.name).toBe("general");
		const [general] = structure().channels;
		if (!general) throw new Error("no channel");
		const channels = [{ ...general, name: "as it was" }];
		const state = applyBatch(told, restored(ready.servers, { channels }));
		expect(state.channels.byId[channelId]?.name).toBe("as it was");
		expect(state.servers.byId[serverId]).toMatchObject({
			structureRev: 1,
			epoch: 1,
		});
		expect(state.ui).toMatchObject({ lost: [], gone: [] });
	});

	it("is told of as having lost what it has not", () => {
		const gone = [{ channelId, wasOpen: true, draft: "half a thought" }];
		const [begin] = restored([]);
		expect(applyBatch(seen, begin ? [begin] : []).ui).toMatchObject({
			lost: [{ serverId, name: "Banyan", reason: "meanwhile" }],
			gone,
		});
		expect(
			applyBatch(seen, restored(ready.servers, { channels: [] })).ui,
		).toMatchObject({
			lost: [],
			gone,
		});
	});

	it("has nothing of what was said before, and loads the open channel when that is told of", () => {
		const begun = applyBatch(seen, restored());
		const { timelines, tracks, reads: known, recent } = begun;
		expect(timelines[channelId]).toMatchObject({ status: "loading", ids: [] });
		expect([tracks, known, recent]).toEqual([{}, {}, [channelId]]);
		expect(selectIsBehind(begun, channelId)).toBe(false);
		const told = applyBatch(begun, reads());
		expect(selectIsBehind(told, channelId)).toBe(true);
		// The same ids mean something else.
		const rows = [message(40, 40, { content: "else" }), message(45, 45)];
		const state = applyBatch(told, [startLoad(), page("newest", rows)]);
		expect(state.timelines[channelId]).toMatchObject({
			ids: ["40", "45"],
			byId: { "40": { content: "else" } },
			isStale: false,
		});
		expect(selectIsBehind(state, channelId)).toBe(false);
	});

	it("says itself how far the open channel was read, and whether a mark is still held there", () => {
		const held = applyBatch(seen, [
			readUpdated("50", 10),
			readUpdated("40", 11),
		]);
		expect(held.ui.entry).toMatchObject({ lastReadId: "40", isHeld: true });
		const entryAfter = (read: Mark) =>
			applyBatch(held, [...restored(), ...reads(read)]).ui.entry;
		expect(entryAfter({ id: "40", rev: 2 })).toMatchObject({
			lastReadId: "40",
			isHeld: true,
		});
		expect(entryAfter({ id: "30", rev: 2 })).toMatchObject({
			lastReadId: "30",
			isHeld: false,
		});
		expect(entryAfter({ id: "45", rev: 2 })).toBeNull();
		// It is another entry, of which the reader has seen nothing.
		expect(entryAfter({ id: "40", rev: 2 })?.at).not.toBe(held.ui.entry?.at);
	});

	it("is sent what it had not answered, and shows what it had only where it has it", () => {
		const state = applyBatch(seen, restored());
		expect(state.outbox[channelId]?.map(({ nonce }) => nonce)).toEqual([
			"waits",
		]);
	});
});
