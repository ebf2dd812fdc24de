import { expect, it } from "vitest";
import type { Channel, EventMap, ServerState } from "@/api/types.ts";
import { snapshotOf } from "@/gateway/snapshot.ts";
import type { Input } from "@/stores/inputs.ts";
import {
	channelId,
	connected,
	event,
	ready,
	serverId,
} from "../../../tests/support/samples.ts";
import { applyBatch } from "../applyBatch.ts";
import { initialState } from "../state.ts";

const channel = (id: string, position: number, name = id): Channel => ({
	id,
	server_id: serverId,
	type: 0,
	name,
	topic: "",
	position,
	created_at: 0,
});

/** What everyone may do at first. */
const everyone = "68609";

const seen = (channels: Channel[], permissions = everyone) =>
	channels.map((one) => ({ ...one, permissions }));

const placed = (...ids: string[]) =>
	ids.map((id, position) => ({ id, position }));

const before = applyBatch(initialState, connected(0));

function stateOf(
	channels: Channel[],
	following: string[],
	rev: number,
	members = { count: 2, epoch: rev },
): Input {
	const details = before.servers.byId[serverId]?.details;
	if (!details) throw new Error("no server");
	const data: ServerState = {
		server: {
			...details,
			epoch: members.epoch,
			member_count: members.count,
		},
		channels: seen(channels),
		roles: [],
		permissions: everyone,
		epoch: members.epoch,
		structure_rev: rev,
		following,
	};
	return event("server_state", data);
}

const parts = (channels: Channel[], rev: number): Input =>
	event("server_channels", {
		server_id: serverId,
		channels: seen(channels),
		epoch: rev,
		structure_rev: rev,
	});

const orderAfter = (...inputs: Input[]) =>
	applyBatch(before, inputs).channels.byServer[serverId];

it("keeps the channels that are on their way and drops those that are gone", () => {
	const other = channel("900", 1);
	const start = [
		stateOf([channel(channelId, 0), other, channel("901", 2)], [], 50),
	];
	const state = applyBatch(before, [
		...start,
		stateOf([channel("902", 2)], [channelId, "903"], 51),
	]);
	expect(state.channels.byServer[serverId]).toEqual([channelId, "902"]);
	expect(state.channels.byId["900"]).toBeUndefined();
	expect(state.tracks[channelId]).toBe(before.tracks[channelId]);
});

it("puts a server together from its parts", () => {
	expect(
		orderAfter(
			stateOf([channel("1", 3), channel("2", 0)], ["3", "4"], 50),
			parts([channel("3", 2)], 50),
			parts([channel("4", 1)], 50),
		),
	).toEqual(["2", "4", "3", "1"]);
});

it("knows what I may do in the channels that are there", () => {
	const start = stateOf([channel("1", 0), channel("2", 1)], ["3"], 50);
	const state = applyBatch(before, [
		start,
		parts([channel("3", 2)], 50),
		event("channel_deleted", {
			server_id: serverId,
			channel_id: "1",
			epoch: 51,
			structure_rev: 51,
		}),
	]);
	expect(state.servers.byId[serverId]?.permissions).toBe(everyone);
	expect(state.channelPermissions).toEqual({ "2": everyone, "3": everyone });
	expect(state.channels.byId["2"]).toEqual(channel("2", 1));
});

it("takes no part that is older than what it knows", () => {
	const state = applyBatch(before, [
		stateOf([channel("1", 0, "old")], ["2"], 50),
		event("channel_updated", {
			channel: channel("1", 0, "new"),
			epoch: 52,
			structure_rev: 52,
		}),
		parts([channel("1", 0, "old")], 51),
	]);
	expect(state.channels.byId["1"]?.name).toBe("new");
});

it("leaves room for channels on their way when the order changes", () => {
	expect(
		orderAfter(
			stateOf([channel("1", 0)], ["2", "3"], 50),
			event("channels_reordered", {
				server_id: serverId,
				channels: placed("3", "1", "2"),
				epoch: 51,
				structure_rev: 51,
			}),
			parts([channel("2", 2), channel("3", 0)], 51),
		),
	).toEqual(["3", "1", "2"]);
});

it("applies all that was changed together, once or twice", () => {
	const at = { epoch: 52, structure_rev: 51 };
	const together = [
		event("channel_deleted", { server_id: serverId, channel_id: "1", ...at }),
		event("channels_reordered", {
			server_id: serverId,
			channels: placed("3", "2"),
			...at,
		}),
	];
	const start = stateOf(
		[channel("1", 0), channel("2", 1), channel("3", 2)],
		[],
		50,
	);
	for (const inputs of [together, [...together, ...together]]) {
		const state = applyBatch(before, [start, ...inputs]);
		expect(state.channels.byServer[serverId]).toEqual(["3", "2"]);
		expect(state.channels.byId["3"]?.position).toBe(0);
		expect(state.servers.byId[serverId]?.structureRev).toBe(51);
	}
});

it("takes a structure as old as its own number, whatever came and went since", () => {
	const state = applyBatch(before, [
		stateOf([channel("1", 0, "old")], [], 50, { count: 2, epoch: 60 }),
		stateOf([channel("1", 0, "new")], [], 51, { count: 3, epoch: 61 }),
		stateOf([channel("1", 0, "old")], [], 50, { count: 9, epoch: 90 }),
	]);
	expect(state.channels.byId["1"]?.name).toBe("new");
	expect(state.servers.byId[serverId]?.memberCount).toBe(3);
});

it("keeps the newest count of members beside a structure that was read before", () => {
	const listed = ready.servers.map((server) => ({
		...server,
		epoch: 70,
		member_count: 8,
	}));
	const state = applyBatch(before, [
		event("ready", { ...ready, servers: listed }),
		stateOf([channel("1", 0)], [], 50, { count: 2, epoch: 60 }),
	]);
	expect(state.servers.byId[serverId]?.memberCount).toBe(8);
	expect(state.channels.byServer[serverId]).toEqual(["1"]);
});

it("hands over what was unsent in a channel that goes, and keeps none of it", () => {
	const { at, ...rest } = { at: 52, epoch: 52, structure_rev: 52 };
	const pending = (nonce: string, status: "failed" | "queued"): Input => ({
		kind: "local",
		change: {
			do: "outbox_put",
			pending: {
				nonce,
				channelId: "1",
				content: nonce,
				createdAt: at,
				state: status === "failed" ? { status, code: "forbidden" } : { status },
			},
		},
	});
	const state = applyBatch(before, [
		stateOf([channel("1", 0, "doomed"), channel("2", 1)], [], 50),
		{ kind: "local", change: { do: "draft", channelId: "1", text: "half" } },
		pending("refused", "failed"),
		pending("waiting", "queued"),
		event("channel_deleted", { server_id: serverId, channel_id: "1", ...rest }),
		event("channel_deleted", { server_id: serverId, channel_id: "2", ...rest }),
	]);
	const [gone, ...others] = state.ui.gone;
	expect(others).toEqual([]);
	expect(gone).toMatchObject({ name: "doomed", wasOpen: false, draft: "half" });
	expect(gone?.unsent.map(({ content }) => content)).toEqual([
		"refused",
		"waiting",
	]);
	expect(state.drafts["1"]).toBeUndefined();
	expect(state.outbox["1"]).toBeUndefined();
});

const rights = (
	change: Partial<EventMap["rights_updated"]>,
	rev: number,
): Input =>
	event("rights_updated", {
		server_id: serverId,
		permissions: everyone,
		shown: [],
		hidden: [],
		channels: [],
		epoch: rev,
		structure_rev: rev,
		...change,
	});

it("has a channel that is shown like one that is made, and none that is hidden", () => {
	const state = applyBatch(before, [
		stateOf([channel("1", 2), channel("2", 1)], ["3", "4"], 50),
		{ kind: "local", change: { do: "channel_opened", channelId: "2", at: 1 } },
		rights(
			{
				permissions: "1024",
				shown: seen([channel("5", 0)], "1024"),
				hidden: ["2", "3"],
				channels: [
					{ id: "1", permissions: "66560" },
					{ id: "4", permissions: "1" },
				],
			},
			51,
		),
		event("server_reads", {
			server_id: serverId,
			channels: [
				{
					id: "5",
					last_seq: 7,
					last_message_id: "70",
					last_read_id: "60",
					read_rev: 3,
				},
			],
		}),
	]);
	expect(state.channels.byServer[serverId]).toEqual(["5", "1"]);
	expect(state.servers.byId[serverId]).toMatchObject({
		permissions: "1024",
		following: ["4"],
		structureRev: 51,
	});
	expect(state.channelPermissions).toEqual({ "1": "66560", "5": "1024" });
	expect(state.tracks["5"]?.head).toBe(7);
	expect(state.reads["5"]?.lastReadId).toBe("60");
	expect(state.ui.openChannelId).toBeNull();
	expect(state.ui.gone).toMatchObject([{ channelId: "2", reason: "hidden" }]);
	expect(snapshotOf(state)).toMatchObject({
		channels: { byServer: { [serverId]: ["5", "1"] } },
		channelPermissions: { "1": "66560", "5": "1024" },
	});
});

it("goes by the newest rights, whichever structure they are of", () => {
	const start = stateOf([channel("1", 0)], [], 50);
	const here = (...inputs: Input[]) =>
		applyBatch(before, [start, ...inputs]).servers.byId[serverId]?.permissions;
	// A role was given, or a timeout has ended: the structure is the same.
	expect(here(rights({ permissions: "1" }, 50))).toBe("1");
	expect(here(rights({ permissions: "1" }, 49))).toBe(everyone);
	// Of the same number, an answer may have been read before.
	const answer = { kind: "page", page: { of: "server", state: data(start) } };
	const told = rights({ permissions: "1" }, 50);
	expect(here(told, answer as Input)).toBe("1");
	expect(here(told, start)).toBe(everyone);
});

function data(input: Input): ServerState {
	if (input.kind !== "event" || input.event.name !== "server_state")
		throw new Error("no structure");
	return input.event.data;
}
