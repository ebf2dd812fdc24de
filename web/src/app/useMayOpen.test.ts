import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { Connection } from "@/stores/state.ts";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { channelId, connected } from "../../tests/support/samples.ts";
import { useMayOpen } from "./useMayOpen.ts";

const [ready, structure, reads] = connected(5, "5");
if (!ready || !structure || !reads) throw new Error("no beginning");

function begin(status: "offline" | "syncing"): void {
	const connection: Connection = { status };
	const state = applyBatch(initialState, [ready as never, structure as never]);
	store.setState({ ...state, connection }, true);
}

const open = (id = channelId) =>
	renderHook(({ id }) => useMayOpen(true, id), { initialProps: { id } });
const put = (status: "offline" | "syncing" | "live") =>
	act(() => store.setState({ connection: { status } }));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
	cleanup();
	vi.useRealTimers();
});

it("waits for what the hub says was read", () => {
	begin("syncing");
	const { result } = open();
	expect(result.current).toBe(false);
	act(() => store.setState(applyBatch(store.getState(), [reads]), true));
	expect(result.current).toBe(true);
});

it("does not wait without a connection, and stays open with the next one", () => {
	begin("offline");
	const { result } = open();
	expect(result.current).toBe(true);
	put("syncing");
	expect(result.current).toBe(true);
});

it("does not wait for ever, and anew for another channel", () => {
	begin("syncing");
	const { result, rerender } = open();
	put("live");
	act(() => vi.advanceTimersByTime(2000));
	expect(result.current).toBe(false);
	act(() => vi.advanceTimersByTime(2000));
	expect(result.current).toBe(true);
	rerender({ id: "2001" });
	expect(result.current).toBe(false);
	act(() => vi.advanceTimersByTime(4000));
	expect(result.current).toBe(true);
});
