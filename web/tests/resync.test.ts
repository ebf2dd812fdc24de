// Channels that are behind: each is asked for, whatever becomes of the others.
import { expect, it } from "vitest";
import { CommandError } from "@/api/errors.ts";
import { createResync } from "@/gateway/resync.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import {
	initialState,
	type State,
	type Timeline,
	type Track,
} from "@/stores/state.ts";
import { channelId, connected } from "./support/samples.ts";
import { until } from "./support/until.ts";

const other = "2001";

function track(change: Partial<Track>): Track {
	const known = { lastMessageId: null, lastMessageSeq: 0, buffered: {} };
	return { last: null, head: 0, ...known, ...change };
}

/** Two channels of which something was missed; the first is open. */
function behind(): State {
	const state = applyBatch(initialState, connected());
	const timeline = { isStale: false, ids: [], byId: {} };
	const both = <T>(one: T) => ({ [channelId]: one, [other]: one });
	return {
		...state,
		tracks: both(track({ last: 1, head: 2 })),
		timelines: both(timeline as unknown as Timeline),
		connection: { status: "live" },
		recent: [other, channelId],
		ui: { ...state.ui, openChannelId: channelId },
	};
}

/** The same while the hub has yet to say how far the open channel has come. */
function connecting(): State {
	const begun = behind();
	const untold = track({ last: 1, head: 1, floor: 1 });
	return {
		...begun,
		connection: { status: "syncing" },
		tracks: { ...begun.tracks, [channelId]: untold },
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

/** A hub that brings what was missed, and channels of which it cannot; nobody's rest ends by itself. */
function resyncing(begun: State, broken: string[] = []) {
	const asked: string[] = [];
	const failed: string[] = [];
	const page = { state: begun };
	const resync = createResync({
		getState: () => page.state,
		apply: (input) => {
			if (input.kind === "local" && input.change.do === "newer_failed")
				failed.push(input.change.channelId);
			if (input.kind === "sync") put(input.channelId, { last: 2 });
		},
		command: async (_, body) => {
			const { channel_id: id } = body as { channel_id: string };
			asked.push(id);
			if (broken.includes(id)) throw new CommandError({ code: "internal" });
			return { reset: false, through: 2, changes: [] } as never;
		},
		reload: async () => {},
		sleep: () => new Promise(() => {}),
		random: () => 0,
	});
	const put = (id: string, change: Partial<Track>) => {
		const track = page.state.tracks[id];
		if (!track) return;
		const tracks = { ...page.state.tracks, [id]: { ...track, ...change } };
		page.state = { ...page.state, tracks };
		resync.check();
	};
	return { asked, failed, broken, put, page, check: resync.check };
}

it("asks for the open channel first, though others are known to be behind before it", async () => {
	const { asked, put, check } = resyncing(connecting());
	check();
	await settled();
	expect(asked).toEqual([]);
	put(channelId, { head: 2, floor: null });
	await until(() => expect(asked).toEqual([channelId, other]));
});

it("asks for the others where the hub cannot say how far the open channel has come", async () => {
	const { asked, check, page } = resyncing(connecting());
	check();
	page.state = { ...page.state, connection: { status: "live" } };
	check();
	await until(() => expect(asked).toEqual([other]));
});

it("says of which nothing came, and asks meanwhile for what is behind since", async () => {
	const begun = behind();
	const { asked, failed, put, check } = resyncing(
		{
			...begun,
			tracks: { ...begun.tracks, [other]: track({ last: 2, head: 2 }) },
		},
		[channelId],
	);
	check();
	await until(() => expect(failed).toEqual([channelId]));
	await settled();
	put(other, { last: 1 });
	await until(() => expect(asked).toContain(other));
});

it("waits on a new connection for no rest of the one before", async () => {
	const { asked, broken, check, page } = resyncing(behind(), [
		channelId,
		other,
	]);
	check();
	await until(() => expect(asked).toEqual([channelId, other]));
	await settled();
	broken.length = 0;
	page.state = { ...page.state, connection: { status: "connecting" } };
	check();
	await settled();
	page.state = { ...page.state, connection: { status: "syncing" } };
	check();
	await until(() =>
		expect(asked).toEqual([channelId, other, channelId, other]),
	);
});

/** All that follows at once has happened. */
async function settled(): Promise<void> {
	for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
