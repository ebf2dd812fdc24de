// What I mark as read and as unread, where the hub takes it and where it does not.
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
	channelId,
	connected,
	created,
	message,
	page,
	readUpdated,
	startLoad,
} from "../../../tests/support/samples.ts";
import { applyBatch } from "../applyBatch.ts";
import type { Input } from "../inputs.ts";
import { fillPorts, type Ports } from "../ports.ts";
import { initialState } from "../state.ts";
import { dispatch, dispatchLocal, getState, store } from "../store.ts";
import { markRead, markReadTo, markUnread } from "./presence.ts";

const command = vi.fn<(name: string) => Promise<unknown>>();

const entry = () => getState().ui.entry;
const readTo = () => getState().reads[channelId]?.lastReadId;

beforeEach(() => {
	let rev = 0;
	command.mockReset();
	command.mockImplementation(async () => ({ rev: ++rev }));
	const read = () => Promise.reject(new Error("no count"));
	fillPorts({ command, api: { messages: { read } } } as unknown as Ports);
	begin("4");
});

/** In a channel of four messages, read up to this one. */
function begin(id: string): void {
	const rows = [1, 2, 3, 4].map((n) => message(n, n));
	const read = connected(4, "4", { id, rev: 0 });
	const begun = [...read, startLoad(), page("newest", rows)];
	store.setState(applyBatch(initialState, begun), true);
	dispatchLocal({ do: "channel_opened", channelId, at: 1 });
}

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

it("asks the hub for nothing where all is read, and takes the divider away", async () => {
	await markUnread(channelId, "3");
	command.mockClear();
	await markRead(channelId);
	expect(command).toHaveBeenCalledTimes(1);
	command.mockRejectedValue(new Error("offline"));
	await markRead(channelId);
	expect(command).toHaveBeenCalledTimes(1);
	expect(entry()).toBeNull();
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

describe("what is marked as read", () => {
	const counted = {
		channel_id: channelId,
		last_read_id: "2",
		rev: 0,
		unread: 2,
	};
	beforeEach(() => {
		begin("2");
		dispatch({ kind: "page", page: { of: "read", read: counted } });
	});
	const read = () => getState().reads[channelId];
	/** The hub refuses, and this comes before it says so. */
	const refuse = (...meanwhile: Input[]) =>
		command.mockImplementationOnce(async () => {
			await Promise.resolve();
			dispatch(...meanwhile);
			throw new Error("refused");
		});

	it("is unread again when the hub does not take it, and so is its divider", async () => {
		const divider = entry();
		expect(divider).toMatchObject({ lastReadId: "2", unread: 2 });
		refuse();
		const marked = markRead(channelId);
		expect(readTo()).toBe("4");
		expect(entry()).toBeNull();
		await expect(marked).rejects.toThrow("refused");
		expect(read()).toEqual({ lastReadId: "2", rev: 0, unread: 2 });
		expect(entry()).toEqual(divider);
	});

	it("takes with it what has come meanwhile", async () => {
		refuse(created(message(5, 5)));
		await expect(markRead(channelId)).rejects.toThrow("refused");
		expect(read()).toEqual({ lastReadId: "2", rev: 0, unread: 3 });
		expect(entry()).toMatchObject({ lastReadId: "2", unread: 3 });
	});

	it("stays read when somebody has read it elsewhere meanwhile", async () => {
		refuse(readUpdated("4", 9));
		await expect(markRead(channelId)).rejects.toThrow("refused");
		expect(read()).toEqual({ lastReadId: "4", rev: 9, unread: 0 });
		expect(entry()).toBeNull();
	});

	it("leaves a channel of which nothing is known as it was", async () => {
		const { [channelId]: _, ...reads } = getState().reads;
		store.setState({ reads });
		refuse();
		await expect(markRead(channelId)).rejects.toThrow("refused");
		expect(read()).toBeUndefined();
	});

	it("goes back by itself, too, but leaves the divider alone", async () => {
		const divider = entry();
		refuse();
		await expect(markReadTo(channelId, "4")).rejects.toThrow("refused");
		expect(readTo()).toBe("2");
		expect(entry()).toEqual(divider);
	});

	it("puts no divider where no channel is open any more", async () => {
		refuse();
		const marked = markRead(channelId);
		dispatchLocal({ do: "channel_opened", channelId: null, at: 2 });
		await expect(marked).rejects.toThrow("refused");
		expect(readTo()).toBe("2");
		expect(entry()).toBeNull();
	});
});
