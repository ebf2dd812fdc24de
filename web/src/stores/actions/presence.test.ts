// What I mark as unread, where the hub takes it and where it does not.
import { beforeEach, expect, it, vi } from "vitest";
import {
	channelId,
	connected,
	message,
	page,
	startLoad,
} from "../../../tests/support/samples.ts";
import { applyBatch } from "../applyBatch.ts";
import { fillPorts, type Ports } from "../ports.ts";
import { initialState } from "../state.ts";
import { dispatchLocal, getState, store } from "../store.ts";
import { markUnread } from "./presence.ts";

const command = vi.fn<(name: string) => Promise<unknown>>();

const entry = () => getState().ui.entry;
const readTo = () => getState().reads[channelId]?.lastReadId;

beforeEach(() => {
	let rev = 0;
	command.mockReset();
	command.mockImplementation(async () => ({ rev: ++rev }));
	const read = () => Promise.reject(new Error("no count"));
	fillPorts({ command, api: { messages: { read } } } as unknown as Ports);
	const rows = [1, 2, 3, 4].map((n) => message(n, n));
	const begun = [...connected(4, "4"), startLoad(), page("newest", rows)];
	store.setState(applyBatch(initialState, begun), true);
	dispatchLocal({ do: "channel_opened", channelId, at: 1 });
});

it("holds a mark where it was last put, further on as well as further back", async () => {
	for (const [marked, before] of [
		["3", "2"],
		["4", "3"],
		["2", "1"],
	] as const) {
		await markUnread(channelId, marked);
		expect(entry()).toMatchObject({ lastReadId: before, isHeld: true });
		expect(readTo()).toBe(before);
	}
});

it("keeps the mark before when the hub does not take another", async () => {
	await markUnread(channelId, "3");
	const held = entry();
	for (const marked of ["2", "4"]) {
		command.mockRejectedValueOnce(new Error("offline"));
		await expect(markUnread(channelId, marked)).rejects.toThrow("offline");
		expect(entry()).toEqual(held);
		expect(readTo()).toBe("2");
	}
});

it("leaves no mark when the hub does not take the first", async () => {
	command.mockRejectedValueOnce(new Error("offline"));
	await expect(markUnread(channelId, "3")).rejects.toThrow("offline");
	expect(entry()).toBeNull();
	expect(readTo()).toBe("4");
});

it("does not take back what was read elsewhere while the hub was asked", async () => {
	command.mockImplementationOnce(async () => {
		await Promise.resolve();
		dispatchLocal({ do: "read", channelId, messageId: "4", rev: 9 });
		throw new Error("offline");
	});
	dispatchLocal({ do: "read", channelId, messageId: "3", rev: 8 });
	await expect(markUnread(channelId, "2")).rejects.toThrow("offline");
	expect(readTo()).toBe("4");
	expect(entry()?.isHeld).toBe(false);
});
