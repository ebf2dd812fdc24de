import { expect, it } from "vitest";
import {
	channelId,
	connected,
	deleted,
	event,
	me,
	message,
	page,
	serverId,
	startLoad,
} from "../../tests/support/samples.ts";
import { applyBatch } from "./applyBatch.ts";
import type { Input } from "./inputs.ts";
import {
	selectBegunEdit,
	selectCan,
	selectCanInChannel,
	selectLostEdits,
	selectMayArrange,
	selectOrphans,
	selectUnsent,
} from "./selectors.ts";
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

it("may do what the hub says, in the server and in each channel, whoever owns it", () => {
	const before = applyBatch(initialState, connected());
	const [channel] = Object.values(before.channels.byId);
	const details = before.servers.byId[serverId]?.details;
	if (!channel || !details) throw new Error("no server");
	const state = applyBatch(before, [
		event("server_state", {
			server: details,
			// Seen and read, and written in by others.
			channels: [{ ...channel, permissions: "66560" }],
			roles: [],
			// Invites, and the bit of administrators by itself: the hub puts in what that grants.
			permissions: "68617",
			epoch: 2,
			structure_rev: 2,
		}),
	]);
	expect(selectCan(state, serverId, "createInvite")).toBe(true);
	expect(selectCan(state, serverId, "manageServer")).toBe(false);
	expect(selectCanInChannel(state, channelId, "sendMessages")).toBe(false);
	expect(selectCanInChannel(state, channelId, "readHistory")).toBe(true);
	expect(selectCanInChannel(state, "404", "sendMessages")).toBeUndefined();
});

it("counts whatever was begun, wherever", () => {
	const drafts = { [channelId]: "half", "404": "a thought", "405": " " };
	const state: State = { ...stateOf(me.id, null), drafts };
	expect(selectUnsent(state)).toEqual({ messages: 0, drafts: 2 });
});

it("finds words whose channel is gone once all channels are known", () => {
	const drafts = {
		[channelId]: "half",
		[`${channelId}/7`]: "a change",
		"404": "a thought",
		"404/8": "another change",
		"405": " ",
	};
	const state: State = { ...stateOf(me.id, null), drafts };
	const edits = [
		{
			key: "404/8",
			messageId: "8",
			rev: null,
			isOwn: false,
			text: "another change",
		},
	];
	expect(selectOrphans(state)).toEqual([
		{ channelId: "404", draft: "a thought", unsent: [], edits },
	]);
	const channels = { byId: {}, byServer: {} };
	expect(selectOrphans({ ...state, channels })).toEqual([]);
	// Of a large server the channels come in parts, which may take long.
	const server = state.servers.byId[serverId];
	if (!server?.details) throw new Error("no server");
	const first = {
		server: server.details,
		channels: [],
		following: ["404", "406"],
		roles: [],
		permissions: "0",
		epoch: 2,
		structure_rev: 2,
	};
	const [channel] = Object.values(state.channels.byId);
	if (!channel) throw new Error("no channel");
	const rest = (id: string): Input =>
		event("server_channels", {
			server_id: serverId,
			channels: [{ ...channel, id, permissions: "0" }],
			epoch: 2,
			structure_rev: 2,
		});
	const begun = applyBatch(state, [event("server_state", first), rest("404")]);
	expect(selectOrphans({ ...begun, drafts })).toEqual([]);
	const whole = applyBatch(begun, [rest("406")]);
	const lost = selectOrphans({ ...whole, drafts });
	expect(lost.map((one) => one.channelId)).toEqual([channelId]);
});

/** Connected, the channel's last message being 30, with `ids` loaded of it and changes begun. */
function changing(begun: number[], ...inputs: Input[]): State {
	const state = applyBatch(initialState, connected(30, "30"));
	const drafts = Object.fromEntries(
		begun.map((id) => [`${channelId}/${id}`, "a change"]),
	);
	const connection = { status: "live" } as const;
	return applyBatch({ ...state, drafts, connection }, inputs);
}

const loaded = (ids: number[], edges = {}) => [
	startLoad(),
	page(
		"newest",
		ids.map((id) => message(id, id)),
		edges,
	),
];
const keys = (...ids: number[]) => ids.map((id) => `${channelId}/${id}`);

it("goes on with the newest change whose message is there", () => {
	const rows = loaded([10, 20, 30]);
	expect(selectBegunEdit(changing([10, 20, 25], ...rows), channelId)).toBe(
		"20",
	);
	expect(selectBegunEdit(changing([]), channelId)).toBeNull();
});

it("finds changes whose message is missing from what is loaded, and no others", () => {
	const begun = [5, 10, 15];
	expect(selectLostEdits(changing(begun))).toEqual([]);
	const rows = loaded([10, 20, 30], { has_older: true });
	expect(selectLostEdits(changing(begun, ...rows))).toEqual(keys(15));
	const whole = changing(begun, ...loaded([10, 20, 30]));
	expect(selectLostEdits(whole)).toEqual(keys(5, 15));
	// What is not here may be on its way.
	const syncing = { ...whole, connection: { status: "syncing" } as const };
	expect(selectLostEdits(syncing)).toEqual([]);
});

it("finds a change whose message is deleted where nothing is loaded, until it is dropped", () => {
	const gone = deleted({ ...message(15, 15), rev: 31 }, "30");
	const state = changing([15, 16], gone);
	expect(selectLostEdits(state)).toEqual(keys(15));
	const [key = ""] = keys(15);
	const drop: Input = {
		kind: "local",
		change: { do: "draft", channelId: key, text: "" },
	};
	const dropped = applyBatch(state, [drop]);
	expect(selectLostEdits(dropped)).toEqual([]);
	expect(dropped.ui.lostEdits).toEqual([]);
});

it("takes the changes of a channel that goes with it", () => {
	const removed: Input = {
		kind: "page",
		page: { of: "removal", serverId, reason: "kicked" },
	};
	const state = changing([15], removed);
	expect(state.drafts).toEqual({});
	expect(state.ui.gone).toMatchObject([
		{ channelId, serverName: "Banyan", edits: [{ text: "a change" }] },
	]);
});
