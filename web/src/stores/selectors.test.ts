import { expect, it } from "vitest";
import {
	channelId,
	connected,
	me,
	serverId,
} from "../../tests/support/samples.ts";
import { applyBatch } from "./applyBatch.ts";
import { selectMayArrange, selectOrphans, selectUnsent } from "./selectors.ts";
import { initialState, type State } from "./state.ts";

function stateOf(ownerId: string, openChannelId: string | null): State {
	const state = applyBatch(initialState, connected());
	const server = state.servers.byId[serverId];
	if (!server?.details) throw new Error("no server");
	const details = { ...server.details, owner_id: ownerId };
	const byId = { [serverId]: { ...server, details } };
	return {
		...state,
		session: { status: "signed_in", me } as State["session"],
		servers: { ...state.servers, byId },
		ui: { ...state.ui, openChannelId },
	};
}

it("lets arrange channels who owns the server that is open, or any where none is", () => {
	expect(selectMayArrange(stateOf(me.id, channelId))).toBe(true);
	expect(selectMayArrange(stateOf(me.id, null))).toBe(true);
	expect(selectMayArrange(stateOf("999", channelId))).toBe(false);
	expect(selectMayArrange(stateOf("999", null))).toBe(false);
});

it("counts whatever was begun, wherever", () => {
	const drafts = { [channelId]: "half", "404": "a thought", "405": " " };
	const state: State = { ...stateOf(me.id, null), drafts };
	expect(selectUnsent(state)).toEqual({ messages: 0, drafts: 2 });
});

it("finds words whose channel is gone once all channels are known", () => {
	const drafts = { [channelId]: "half", "404": "a thought", "405": " " };
	const state: State = { ...stateOf(me.id, null), drafts };
	expect(selectOrphans(state)).toEqual([
		{ channelId: "404", draft: "a thought", unsent: [] },
	]);
	const channels = { byId: {}, byServer: {} };
	expect(selectOrphans({ ...state, channels })).toEqual([]);
});
