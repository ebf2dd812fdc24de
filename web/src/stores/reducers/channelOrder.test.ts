import { expect, it } from "vitest";
import type { Channel } from "@/api/types.ts";
import type { Input } from "@/stores/inputs.ts";
import { selectChannels } from "@/stores/selectors.ts";
import { connected, event, serverId } from "../../../tests/support/samples.ts";
import { applyBatch } from "../applyBatch.ts";
import { initialState, type State } from "../state.ts";

const made = (id: string, position: number, rev: number): Input =>
	event("channel_created", {
		channel: {
			id,
			server_id: serverId,
			type: 0,
			name: id,
			topic: "",
			position,
			created_at: 0,
		} satisfies Channel,
		epoch: rev,
		structure_rev: rev,
	});
const told = (ids: string[], rev: number): Input =>
	event("channels_reordered", {
		server_id: serverId,
		channels: ids.map((id, position) => ({ id, position })),
		epoch: rev,
		structure_rev: rev,
	});
const arranged = (...order: string[]): Input => ({
	kind: "local",
	change: { do: "channels_arranged", serverId, order },
});
const settled = (taken: boolean): Input => ({
	kind: "local",
	change: { do: "channels_settled", serverId, taken },
});

const known = applyBatch(initialState, connected(0));
const first = known.channels.byServer[serverId]?.[0] ?? "";
const before = applyBatch(known, [made("a", 1, 101), made("b", 2, 102)]);

const shown = (state: State) =>
	selectChannels(state, serverId).map(({ id }) => id);
const after = (...inputs: Input[]) => shown(applyBatch(before, inputs));

it("shows what I arrange at once", () => {
	expect(shown(before)).toEqual([first, "a", "b"]);
	expect(after(arranged("b", first, "a"))).toEqual(["b", first, "a"]);
});

it("goes back when the hub refuses, to what it has told meanwhile", () => {
	const mine = arranged("b", first, "a");
	expect(after(mine, settled(false))).toEqual([first, "a", "b"]);
	expect(after(mine, told(["a", "b", first], 103), settled(false))).toEqual([
		"a",
		"b",
		first,
	]);
});

it("does not go back between the answer and the event, whichever comes first", () => {
	const order = ["b", first, "a"];
	const [mine, event] = [arranged(...order), told(order, 103)];
	expect(after(mine, settled(true))).toEqual(order);
	expect(after(mine, event)).toEqual(order);
	for (const inputs of [
		[mine, settled(true), event],
		[mine, event, settled(true)],
	]) {
		const state = applyBatch(before, inputs);
		expect(shown(state)).toEqual(order);
		expect(state.arranged).toEqual({});
	}
});

it("holds nothing against what others change later", () => {
	const order = ["b", first, "a"];
	const done = [arranged(...order), settled(true), told(order, 103)];
	expect(after(...done, told(["a", first, "b"], 104))).toEqual([
		"a",
		first,
		"b",
	]);
});

it("shows channels that come meanwhile, and not those that go", () => {
	const mine = arranged("b", first, "a");
	expect(after(mine, made("c", 3, 103))).toEqual(["b", first, "a", "c"]);
	const gone = event("channel_deleted", {
		server_id: serverId,
		channel_id: "b",
		epoch: 103,
		structure_rev: 103,
	});
	expect(after(mine, gone)).toEqual([first, "a"]);
	expect(after(mine, gone, settled(false))).toEqual([first, "a"]);
});
