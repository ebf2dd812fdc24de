/**
 * Has the hub send whole what is said in the channels of which a window is kept, and in no others: of
 * those it says how far they have come, which is all that their marks need.
 */
import { ApiError, waitOf } from "@/api/errors.ts";
import type { Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import type { Input } from "@/stores/inputs.ts";
import type { State } from "@/stores/state.ts";
import type { Command } from "./commands.ts";

type WatchingParts = {
	getState: () => State;
	/** Applies an input now, after everything that waits. */
	apply: (input: Input) => void;
	command: Command;
	sleep: (ms: number) => Promise<void>;
	random: () => number;
};

export type Watching = {
	/** What a connection watches that is opened now. */
	begin: () => readonly Id[];
	/** The hub has shown these channels, or hidden them: if it is to watch them, it has to be told so anew. */
	renew: (ids: readonly Id[]) => void;
	/** Call after every change of the store. */
	check: () => void;
};

export function createWatching(parts: WatchingParts): Watching {
	/** What the hub was told last on this connection; null where that has failed. */
	let told: readonly Id[] | null = null;
	/** Those of them that were shown or hidden since. */
	const moved = new Set<Id>();
	/** Counts the connections: what failed on an earlier one is void. */
	let connections = 0;
	/** The hub of this connection may be older, and send everything whole. */
	let isKnown = true;
	let isRunning = false;
	/** In a row, on this connection. */
	let failures = 0;
	let stopWaiting = () => {};

	const isDue = () =>
		isKnown && hasToTell(parts.getState(), { channels: told, moved });

	const run = async () => {
		// What happens in one go is told at once.
		await Promise.resolve();
		while (isDue()) {
			const connection = connections;
			told = parts.getState().recent;
			moved.clear();
			try {
				const body = { channels: [...told] };
				const { channels } = await parts.command("channels_watch", body);
				// It was sent to the connection after the one that it was meant for.
				if (connection !== connections) told = null;
				parts.apply({ kind: "watched", channels });
				failures = 0;
			} catch (error) {
				if (connection !== connections) continue;
				isKnown = !isUnknown(error);
				// What the hub refuses for good it takes no better a second time.
				if (isRefusal(error)) continue;
				told = null;
				failures += 1;
				await wait(error);
			}
		}
	};

	/** Until it is time to try again, or there is another connection. */
	const wait = (error: unknown) => {
		const stopped = new Promise<void>((resolve) => {
			stopWaiting = resolve;
		});
		const backoff = backoffMs(failures, parts.random());
		const ms = Math.max(backoff, waitOf(error) ?? 0);
		return Promise.race([parts.sleep(ms), stopped]);
	};

	return {
		begin() {
			connections += 1;
			isKnown = true;
			failures = 0;
			told = parts.getState().recent;
			moved.clear();
			stopWaiting();
			return told;
		},
		renew(ids) {
			for (const id of ids) if (told?.includes(id)) moved.add(id);
		},
		check() {
			if (isRunning || !isDue()) return;
			isRunning = true;
			void run().finally(() => {
				isRunning = false;
			});
		},
	};
}

type Told = { channels: readonly Id[] | null; moved: ReadonlySet<Id> };

/**
 * Whether there is anything to tell, and somebody who can be told. While a connection begins the hub
 * shows one server after the other: what it shows is told once all have come, what is opened at once.
 */
function hasToTell({ connection, recent }: State, told: Told): boolean {
	const { status } = connection;
	if (status !== "live" && status !== "syncing") return false;
	const { channels, moved } = told;
	if (channels === null || !isSameSet(channels, recent)) return true;
	return status === "live" && recent.some((id) => moved.has(id));
}

function isRefusal(error: unknown): boolean {
	return error instanceof ApiError && !error.isTransient;
}

function isUnknown(error: unknown): boolean {
	return error instanceof ApiError && error.code === "unknown_command";
}

function isSameSet(some: readonly Id[], others: readonly Id[]): boolean {
	if (some === others) return true;
	const known = new Set(some);
	return some.length === others.length && others.every((id) => known.has(id));
}
