// Whether the reader has been where what is new begins.
import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState } from "@/stores/state.ts";
import { dispatchLocal, store } from "@/stores/store.ts";
import {
	channelId,
	connected,
	message,
	page,
	startLoad,
} from "../../../tests/support/samples.ts";
import { type DividerPlace, useIsPast } from "./useIsPast.ts";

function enter() {
	const begun = [
		...connected(3, "3", { id: "1", rev: 0 }),
		startLoad(),
		page("newest", [message(1, 1), message(2, 2), message(3, 3)]),
	];
	store.setState(applyBatch(initialState, begun), true);
	dispatchLocal({ do: "channel_opened", channelId, at: 1 });
	const initialProps: { divider: DividerPlace } = { divider: "above" };
	return renderHook(({ divider }) => useIsPast(channelId, divider), {
		initialProps,
	});
}

it("is past it until it has come into reach", () => {
	const { result, rerender } = enter();
	expect(result.current.isPast).toBe(true);
	rerender({ divider: "reached" });
	rerender({ divider: "above" });
	expect(result.current.isPast).toBe(false);
});

it("is not past it after having been led there, though it stands above what is seen", () => {
	const { result } = enter();
	act(() => result.current.noteLed());
	expect(result.current.isPast).toBe(false);
});
