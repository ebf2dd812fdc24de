/**
 * Fetches what changed in kept channels while events did not reach us: the
 * open channel first, one request at a time. Runs whenever the store says that
 * a channel is behind and the hub can be asked.
 */
import { ApiError } from "@/api/errors.ts";
import type { Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import type { Input } from "@/stores/inputs.ts";
import { selectIsBehind } from "@/stores/selectors.ts";
import type { State } from "@/stores/state.ts";
import type { Command } from "./commands.ts";

export type ResyncParts = {
	getState: () => State;
	/** Applies an input now, after everything that waits. */
	apply: (input: Input) => void;
	command: Command;
	/** Loads the window of a channel anew. */
	reload: (channelId: Id) => Promise<void>;
	sleep: (ms: number) => Promise<void>;
	random: () => number;
};

export type Resync = {
	/** Looks whether there is anything to do. */
	check: () => void;
};

export function createResync(parts: ResyncParts): Resync {
	let isRunning = false;
	const run = async () => {
		let failures = 0;
		for (;;) {
			const channelId = nextBehind(parts.getState());
			if (channelId === null) return;
			const didAdvance = await syncOnce(parts, channelId);
			failures = didAdvance ? 0 : failures + 1;
			if (failures > 0) await parts.sleep(backoffMs(failures, parts.random()));
		}
	};
	return {
		check() {
			if (isRunning || nextBehind(parts.getState()) === null) return;
			isRunning = true;
			void run().finally(() => {
				isRunning = false;
			});
		},
	};
}

/** The channel to ask for next; null when all is well or nobody can be asked. */
function nextBehind(state: State): Id | null {
	const { status } = state.connection;
	if (status !== "syncing" && status !== "live") return null;
	const { openChannelId } = state.ui;
	if (openChannelId && selectIsBehind(state, openChannelId))
		return openChannelId;
	return state.recent.findLast((id) => selectIsBehind(state, id)) ?? null;
}

/** Whether it brought us further. */
async function syncOnce(parts: ResyncParts, channelId: Id): Promise<boolean> {
	const before = parts.getState();
	try {
		if (before.timelines[channelId]?.isStale)
			return await renew(parts, channelId);
		const after = before.tracks[channelId]?.last ?? 0;
		const changes = await parts.command("channel_sync", {
			channel_id: channelId,
			after,
		});
		parts.apply({ kind: "sync", channelId, changes });
		return changes.reset || changes.through > after;
	} catch (error) {
		if (!(error instanceof ApiError) || error.isTransient) return false;
		// Not ours to see any more; the event that says so may still be coming.
		drop(parts, channelId);
		return true;
	}
}

async function renew(parts: ResyncParts, channelId: Id): Promise<boolean> {
	// A load on its way replaces the window anyway; it is not to be disturbed.
	if (parts.getState().timelines[channelId]?.loads) return false;
	if (parts.getState().ui.openChannelId === channelId)
		await parts.reload(channelId);
	else drop(parts, channelId);
	return true;
}

function drop(parts: ResyncParts, channelId: Id): void {
	parts.apply({
		kind: "local",
		change: { do: "timeline_dropped", channelId },
	});
}
