import { expect, it } from "vitest";
import { applyBatch } from "../applyBatch.ts";
import type { Input } from "../inputs.ts";
import { initialState, type State } from "../state.ts";

const ids = ["1", "2", "3"];
const start: State = {
	...initialState,
	servers: {
		...initialState.servers,
		order: ids,
		byId: Object.fromEntries(
			ids.map((id) => [
				id,
				{
					id,
					name: id,
					icon: null,
					structureRev: 1,
					permissions: "0",
					memberCount: 6,
					epoch: 1,
					isUnread: false,
					mentions: 0,
					details: null,
				},
			]),
		),
	},
};

const arranged = (order: string[]): Input => ({
	kind: "local",
	change: { do: "servers_arranged", order },
});
const settled = (order: string[] | null): Input => ({
	kind: "local",
	change: { do: "servers_settled", order },
});
const reordered = (server_ids: string[], rev: number): Input => ({
	kind: "event",
	event: { name: "servers_reordered", data: { server_ids, rev } },
	at: 0,
});
const orderAfter = (...inputs: Input[]) =>
	applyBatch(start, inputs).servers.order;

it("shows my arrangement before the hub has it", () => {
	expect(orderAfter(arranged(["3", "1", "2"]))).toEqual(["3", "1", "2"]);
});

it("goes back to the hub's order when it refuses, also to one that came meanwhile", () => {
	expect(orderAfter(arranged(["3", "1", "2"]), settled(null))).toEqual(ids);
	expect(
		orderAfter(
			arranged(["3", "1", "2"]),
			reordered(["2", "1", "3"], 5),
			settled(null),
		),
	).toEqual(["2", "1", "3"]);
});

it("does not move a tile under my hand for the echo of an earlier change", () => {
	const inputs = [
		arranged(["2", "1", "3"]),
		arranged(["2", "3", "1"]),
		reordered(["2", "1", "3"], 5),
	];
	expect(orderAfter(...inputs)).toEqual(["2", "3", "1"]);
	expect(orderAfter(...inputs, settled(["2", "3", "1"]))).toEqual([
		"2",
		"3",
		"1",
	]);
});

it("takes what another device arranged, never an older change after a newer", () => {
	expect(
		orderAfter(reordered(["3", "2", "1"], 5), reordered(["2", "1", "3"], 4)),
	).toEqual(["3", "2", "1"]);
});

it("skips servers it does not know and keeps those that are not named behind", () => {
	expect(orderAfter(reordered(["9", "3"], 1))).toEqual(["3", "1", "2"]);
});
