// Reading by looking, where the hub does not take what it is told.
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { CommandError } from "@/api/errors.ts";
import { forgetAll } from "@/lib/forget.ts";
import {
	channelId,
	connected,
	created,
	message,
	page,
	startLoad,
} from "../../tests/support/samples.ts";
import { applyBatch } from "./applyBatch.ts";
import { fillPorts, type Ports } from "./ports.ts";
import { initialState } from "./state.ts";
import { dispatch, dispatchLocal, getState, store } from "./store.ts";
import { useReadMarks } from "./useReadMarks.ts";

const command = vi.fn<(name: string) => Promise<unknown>>();
const readTo = () => getState().reads[channelId]?.lastReadId;
/** Step by step: what is set meanwhile is rendered between them. */
async function pass(ms: number): Promise<void> {
	const end = Date.now() + ms;
	while (Date.now() < end) {
		const step = Math.min(500, end - Date.now());
		await act(() => vi.advanceTimersByTimeAsync(step));
	}
}

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

/** What the reader sees of the position from now on. */
function watchPosition(): unknown[] {
	const seen: unknown[] = [];
	const stop = store.subscribe(() => {
		if (seen.at(-1) !== readTo()) seen.push(readTo());
	});
	onTestFinished(stop);
	return seen;
}

it("asks a hub that can take nothing again, more and more rarely, until it can", async () => {
	command.mockRejectedValue(new CommandError({ code: "unavailable" }));
	const seen = watchPosition();
	renderHook(() => useReadMarks(channelId, true));
	await pass(600);
	expect(command).toHaveBeenCalledTimes(1);
	expect(readTo()).toBe("1");
	await pass(60_000);
	const asked = command.mock.calls.length;
	expect(asked).toBeGreaterThan(3);
	expect(asked).toBeLessThan(12);
	// It does not look read and unread by turns.
	expect(seen).toEqual(["2", "1"]);
	command.mockResolvedValue({ rev: 1 });
	await pass(31_000);
	expect(readTo()).toBe("2");
	expect(command).toHaveBeenCalledTimes(asked + 1);
});

it("asks again when the hub says", async () => {
	const busy = { code: "rate_limited", retryAfterMs: 45_000 };
	command.mockRejectedValue(new CommandError(busy));
	renderHook(() => useReadMarks(channelId, true));
	await pass(600);
	await pass(44_000);
	expect(command).toHaveBeenCalledTimes(1);
	await pass(1000);
	expect(command).toHaveBeenCalledTimes(2);
});

it("asks a hub that refuses once, and again only when something has changed", async () => {
	command.mockRejectedValue(new CommandError({ code: "forbidden" }));
	const seen = watchPosition();
	const { unmount } = renderHook(() => useReadMarks(channelId, true));
	await pass(120_000);
	expect(command).toHaveBeenCalledTimes(1);
	act(() => dispatch(created(message(3, 3))));
	await pass(120_000);
	expect(command).toHaveBeenCalledTimes(2);
	for (const status of ["offline", "live"] as const)
		act(() => dispatchLocal({ do: "connection", connection: { status } }));
	await pass(120_000);
	expect(command).toHaveBeenCalledTimes(3);
	unmount();
	renderHook(() => useReadMarks(channelId, true));
	await pass(120_000);
	expect(command).toHaveBeenCalledTimes(4);
	expect(seen).toEqual(["2", "1"]);
});

it("marks nothing as read that the reader has not got", async () => {
	command.mockResolvedValue({ rev: 1 });
	renderHook(() => useReadMarks(channelId, true));
	await pass(2000);
	expect(readTo()).toBe("2");
	// The one before it is missing.
	act(() => dispatch(created(message(4, 4))));
	await pass(2000);
	expect(readTo()).toBe("2");
	const changes = {
		rows: [message(3, 3), message(4, 4)],
		through: 4,
		more: false,
		reset: false,
		last_message_id: "4",
	};
	act(() => dispatch({ kind: "sync", channelId, changes }));
	await pass(2000);
	expect(readTo()).toBe("4");
});
