// Reading by looking, where the hub does not take what it is told.
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { forgetAll } from "@/lib/forget.ts";
import {
	channelId,
	connected,
	message,
	page,
	startLoad,
} from "../../tests/support/samples.ts";
import { applyBatch } from "./applyBatch.ts";
import { fillPorts, type Ports } from "./ports.ts";
import { initialState } from "./state.ts";
import { dispatchLocal, getState, store } from "./store.ts";
import { useReadMarks } from "./useReadMarks.ts";

const command = vi.fn<(name: string) => Promise<unknown>>();
const readTo = () => getState().reads[channelId]?.lastReadId;
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
	forgetAll();
	vi.useFakeTimers();
	vi.spyOn(document, "hasFocus").mockReturnValue(true);
	command.mockReset();
	fillPorts({ command } as unknown as Ports);
	const begun = [
		...connected(2, "2", { id: "1", rev: 0 }),
		startLoad(),
		page("newest", [message(1, 1), message(2, 2)]),
	];
	store.setState(applyBatch(initialState, begun), true);
	dispatchLocal({ do: "connection", connection: { status: "live" } });
});
afterEach(() => vi.useRealTimers());

it("asks a hub that takes nothing again, more and more rarely, until it does", async () => {
	command.mockRejectedValue(new Error("refused"));
	renderHook(() => useReadMarks(channelId, true));
	await pass(600);
	expect(command).toHaveBeenCalledTimes(1);
	expect(readTo()).toBe("1");
	await pass(60_000);
	const asked = command.mock.calls.length;
	expect(asked).toBeGreaterThan(3);
	expect(asked).toBeLessThan(12);
	command.mockResolvedValue({ rev: 1 });
	await pass(31_000);
	expect(readTo()).toBe("2");
	expect(command).toHaveBeenCalledTimes(asked + 1);
});
