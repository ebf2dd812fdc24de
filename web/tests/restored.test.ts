// A hub whose past has come back: a backup, or a stand-in that had not got the last changes.
import { describe, expect, it } from "vitest";
import { snapshotOf } from "@/gateway/snapshot.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState } from "@/stores/state.ts";
import {
	channelId,
	connected,
	created,
	message,
	page,
	startLoad,
} from "./support/samples.ts";

describe("a hub that has lost what was seen here", () => {
	const seen = applyBatch(initialState, [
		...connected(50, "50"),
		startLoad(),
		page("newest", [message(50, 50)]),
	]);

	it("is believed: its numbers begin anew, and the window is read again", () => {
		const state = applyBatch(seen, connected(40, "40"));
		expect(state.tracks[channelId]).toMatchObject({
			last: 40,
			head: 40,
			lastMessageId: "40",
		});
		expect(state.timelines[channelId]?.isStale).toBe(true);
		const later = applyBatch(state, [created(message(410, 41))]);
		expect(later.tracks[channelId]?.last).toBe(41);
	});

	it("is not seen in heads that an event has overtaken", () => {
		const [begin, structure, reads] = connected(50, "50");
		const inputs = [begin, structure, created(message(51, 51)), reads];
		const state = applyBatch(
			seen,
			inputs.filter((one) => one !== undefined),
		);
		expect(state.tracks[channelId]?.last).toBe(51);
		expect(state.timelines[channelId]?.isStale).toBe(false);
	});

	it("is noticed after a reload, too", () => {
		const restored = { ...initialState, ...snapshotOf(seen) };
		const state = applyBatch(restored, connected(40, "40"));
		expect(state.tracks[channelId]?.last).toBe(40);
	});
});
