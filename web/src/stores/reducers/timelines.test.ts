import { describe, expect, it } from "vitest";
import type { EventMap } from "@/api/types.ts";
import type { Input } from "@/stores/inputs.ts";
import {
	at,
	channelId,
	connected,
	created,
	deleted,
	event,
	message,
	page,
	startLoad,
} from "../../../tests/support/samples.ts";
import { applyBatch } from "../applyBatch.ts";
import { selectTimeline } from "../selectors.ts";
import { initialState, timelinesMax, windowRowsMax } from "../state.ts";

const rows = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, at) =>
		message(from + at, from + at),
	);

function windowAfter(...inputs: Input[]) {
	const state = applyBatch(initialState, [...connected(100), ...inputs]);
	const timeline = state.timelines[channelId];
	if (!timeline) throw new Error("no window");
	return timeline;
}

const local = (change: Extract<Input, { kind: "local" }>["change"]): Input => ({
	kind: "local",
	change,
});

describe("a window of history", () => {
	it("takes a page beside it only where they touch", () => {
		const base = [
			startLoad(),
			page("newest", rows(50, 60), { has_older: true }),
		];
		const touching = windowAfter(
			...base,
			startLoad("older"),
			page("older", rows(40, 49), { anchor: "50", has_older: true }),
		);
		expect(touching.ids[0]).toBe("40");
		expect(touching.isLoadingOlder).toBe(false);

		const apart = windowAfter(
			...base,
			startLoad("older"),
			page("older", rows(20, 29), { anchor: "30" }),
		);
		expect(apart.ids[0]).toBe("50");
		expect(apart.hasOlder).toBe(true);
		expect(apart.isLoadingOlder).toBe(false);
	});

	it("takes no new row while newer ones are out of sight", () => {
		const timeline = windowAfter(
			startLoad(),
			page("around", rows(50, 60), { has_older: true, has_newer: true }),
			created(message(101, 101)),
		);
		expect(timeline.ids.at(-1)).toBe("60");
	});

	it("takes what came while its last page was on the way", () => {
		const timeline = windowAfter(
			startLoad(),
			page("around", rows(90, 95), { has_older: true, has_newer: true }),
			startLoad("newer"),
			created(message(101, 101)),
			page("newer", rows(96, 100), { anchor: "95" }),
		);
		expect(timeline.ids.slice(-2)).toEqual(["100", "101"]);
		expect(timeline.hasNewer).toBe(false);
	});

	it("says that what is newer did not come, until it has", () => {
		const view = (...inputs: Input[]) => {
			const begun = [...connected(100), startLoad()];
			const state = applyBatch(initialState, [...begun, ...inputs]);
			return selectTimeline(state, channelId).isNewerFailed;
		};
		const around = page("around", rows(90, 95), { has_newer: true });
		const failed = local({ do: "load_failed", channelId, part: "newer" });
		const cut = [around, startLoad("newer"), failed];
		expect(view(around)).toBe(false);
		expect(view(...cut)).toBe(true);
		// Nor does it look as if it came while it is asked for again.
		expect(view(...cut, startLoad("newer"))).toBe(true);
		const rest = page("newer", rows(96, 100), { anchor: "95" });
		expect(view(...cut, startLoad("newer"), rest)).toBe(false);

		const newest = page("newest", rows(90, 100));
		const gap = [newest, created(message(102, 102))];
		const lost = local({ do: "newer_failed", channelId });
		expect(view(...gap)).toBe(false);
		expect(view(...gap, lost)).toBe(true);
		// Nothing is missing.
		expect(view(newest, lost)).toBe(false);
		const changes = {
			rows: [message(101, 101)],
			through: 102,
			more: false,
			reset: false,
			last_message_id: "102",
		};
		expect(view(...gap, lost, { kind: "sync", channelId, changes })).toBe(
			false,
		);
	});

	it("does not let a late page bring a deleted message back", () => {
		const gone = message(60, 60, { rev: 101, is_deleted: true, content: "" });
		const timeline = windowAfter(
			startLoad(),
			page("newest", rows(55, 60), { has_older: true }),
			deleted(gone, "59"),
			startLoad(),
			page("newest", rows(55, 60), { has_older: true }),
		);
		expect(timeline.ids).not.toContain("60");
	});

	it("keeps the newer of two versions, whichever comes last", () => {
		const edited = message(60, 60, { rev: 101, content: "edited" });
		const timeline = windowAfter(
			startLoad(),
			event("message_updated", { message: edited, ...at(101) }),
			page("newest", rows(55, 60)),
		);
		expect(timeline.byId["60"]?.content).toBe("edited");
	});

	it("takes what an older hub tells, which names the one number that there is", () => {
		const told = (seq: number) => {
			const { first_seq: _, ...old } = at(seq);
			const data = { message: message(seq, seq), ...old };
			return event("message_created", data as EventMap["message_created"]);
		};
		const state = applyBatch(initialState, [
			...connected(100),
			startLoad(),
			page("newest", rows(95, 100)),
			told(101),
			told(102),
		]);
		expect(state.timelines[channelId]?.ids.slice(-2)).toEqual(["101", "102"]);
		expect(state.tracks[channelId]?.head).toBe(102);
	});

	it("stays bounded at the end that the reader does not see", () => {
		const full = [startLoad(), page("newest", rows(1, windowRowsMax))];
		const atEnd = windowAfter(
			...full,
			created(message(901, windowRowsMax + 1)),
		);
		expect(atEnd.ids).toHaveLength(windowRowsMax);
		expect(atEnd.ids.at(-1)).toBe("901");
		expect(atEnd.hasOlder).toBe(true);

		const scrolledUp = windowAfter(
			...full,
			local({ do: "following", channelId, isFollowing: false }),
			created(message(901, windowRowsMax + 1)),
		);
		expect(scrolledUp.ids[0]).toBe("1");
		expect(scrolledUp.ids).toHaveLength(windowRowsMax);
		expect(scrolledUp.hasNewer).toBe(true);
	});

	it("says so when its first page cannot be had", () => {
		const failed = local({ do: "load_failed", channelId, part: "whole" });
		expect(windowAfter(startLoad(), failed).status).toBe("failed");
		expect(windowAfter(startLoad(), failed, startLoad()).status).toBe(
			"loading",
		);
	});

	it("is forgotten when it was not looked at for long, never the open one", () => {
		const others = Array.from({ length: timelinesMax + 5 }, (_, at) =>
			local({ do: "load_started", channelId: `3${at}`, part: "whole" }),
		);
		const state = applyBatch(initialState, [
			...connected(),
			startLoad(),
			local({ do: "channel_opened", channelId, at: 0 }),
			...others,
		]);
		expect(state.recent).toHaveLength(timelinesMax);
		expect(Object.keys(state.timelines)).toHaveLength(timelinesMax);
		expect(state.timelines[channelId]).toBeDefined();
	});
});
