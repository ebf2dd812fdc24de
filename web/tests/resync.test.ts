// Channels that are behind: each is asked for, whatever becomes of the others.
import { expect, it } from "vitest";
import { CommandError } from "@/api/errors.ts";
import { createResync } from "@/gateway/resync.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState, type State, type Timeline } from "@/stores/state.ts";
import { channelId, connected } from "./support/samples.ts";
import { until } from "./support/until.ts";

const other = "2001";

/** Two channels of which something was missed; the first is open. */
function behind(): State {
	const state = applyBatch(initialState, connected());
	const track = { ...state.tracks[channelId], last: 1, head: 2 };
	const timeline = { isStale: false, ids: [], byId: {} };
	const both = <T>(one: T) => ({ [channelId]: one, [other]: one });
	return {
		...state,
		tracks: both(track as NonNullable<(typeof state.tracks)[string]>),
		timelines: both(timeline as unknown as Timeline),
		connection: { status: "live" },
		recent: [other, channelId],
		ui: { ...state.ui, openChannelId: channelId },
	};
}

it("asks for the next one where one cannot be read, and rests after all of them", async () => {
	const asked: string[] = [];
	let state = behind();
	let rests = 0;
	const resync = createResync({
		getState: () => state,
		apply: (input) => {
			if (input.kind !== "sync") return;
			const track = state.tracks[input.channelId];
			if (track)
				state = {
					...state,
					tracks: { ...state.tracks, [input.channelId]: { ...track, last: 2 } },
				};
		},
		command: async (_, body) => {
			const { channel_id: id } = body as { channel_id: string };
			asked.push(id);
			if (id === channelId && rests < 2)
				throw new CommandError({ code: "internal" });
			return { reset: false, through: 2, changes: [] } as never;
		},
		reload: async () => {},
		sleep: async () => {
			rests += 1;
		},
		random: () => 0,
	});
	resync.check();
	await until(() => expect(state.tracks[channelId]?.last).toBe(2));
	expect(asked).toEqual([channelId, other, channelId, channelId]);
	expect(rests).toBe(2);
});
