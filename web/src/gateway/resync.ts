/**
 * Fetches what changed in kept channels while events did not reach us: the
 * open channel first, one request at a time. Runs whenever the store says that
 * a channel is behind and the hub can be asked.
 */
import { ApiError } from "@/api/errors.ts";
import type { Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import type { Input, LocalChange } from "@/stores/inputs.ts";
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
	let stopResting = () => {};
	/** Of this round: one that cannot be read for the moment holds up no other. */
	const failed = new Set<Id>();
	const rest = (ms: number) => {
		const stopped = new Promise<void>((resolve) => {
			stopResting = resolve;
		});
		return Promise.race([parts.sleep(ms), stopped]);
	};
	const run = async () => {
		let rounds = 0;
		for (;;) {
			const channelId = nextBehind(parts.getState(), failed);
			if (channelId !== null) {
				if (await syncOnce(parts, channelId)) rounds = 0;
				else failed.add(channelId);
				continue;
			}
			if (failed.size === 0) return;
			rounds += 1;
			await rest(backoffMs(rounds, parts.random()));
			failed.clear();
		}
	};
	return {
		check() {
			const state = parts.getState();
			const hasNext = nextBehind(state, failed) !== null;
			// Neither what fails here nor what failed on a connection that is gone holds up the others.
			if (isRunning) {
				if (hasNext || !isUp(state)) stopResting();
				return;
			}
			if (!hasNext) return;
			isRunning = true;
			void run().finally(() => {
				isRunning = false;
			});
		},
	};
}

/** The channel to ask for next; null when no other is behind or nobody can be asked. */
function nextBehind(state: State, others: ReadonlySet<Id>): Id | null {
	if (!isUp(state)) return null;
	const isNext = (id: Id) => !others.has(id) && selectIsBehind(state, id);
	const { openChannelId } = state.ui;
	if (openChannelId && isNext(openChannelId)) return openChannelId;
	// The open one is next, if it is behind at all.
	if (openChannelId && isHeadAwaited(state, openChannelId)) return null;
	return state.recent.findLast(isNext) ?? null;
}

function isUp({ connection: { status } }: State): boolean {
	return status === "syncing" || status === "live";
}

/** Whether the hub has still to say on this connection how far a kept channel has come. */
function isHeadAwaited(state: State, channelId: Id): boolean {
	const { connection, timelines, tracks } = state;
	return (
		connection.status === "syncing" &&
		timelines[channelId] !== undefined &&
		tracks[channelId]?.floor != null
	);
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
		if (!(error instanceof ApiError) || error.isTransient) {
			apply(parts, { do: "newer_failed", channelId });
			return false;
		}
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
	apply(parts, { do: "timeline_dropped", channelId });
}

function apply(parts: ResyncParts, change: LocalChange): void {
	parts.apply({ kind: "local", change });
}
