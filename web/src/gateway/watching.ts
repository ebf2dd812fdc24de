/**
 * Has the hub send whole what is said in the channels of which a window is kept, and in no others: of
 * those it says how far they have come, which is all that their marks need.
 */
import { waitOf } from "@/api/errors.ts";
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
	/** Something was shown that may be among them: the hub has to be told once more. */
	renew: () => void;
	/** Call after every change of the store. */
	check: () => void;
};

export function createWatching(parts: WatchingParts): Watching {
	/** What the hub was told last on this connection; null where it has to be told again. */
	let told: readonly Id[] | null = null;
	/** Counts the connections: what failed on an earlier one is void. */
	let connections = 0;
	let isRunning = false;

	const run = async () => {
		let failures = 0;
		// What happens in one go is told at once.
		await Promise.resolve();
		while (isDue(parts.getState(), told)) {
			const wanted = parts.getState().recent;
			const connection = connections;
			told = wanted;
			try {
				const body = { channels: [...wanted] };
				const { channels } = await parts.command("channels_watch", body);
				parts.apply({ kind: "watched", channels });
				failures = 0;
			} catch (error) {
				if (connection !== connections) continue;
				told = null;
				failures += 1;
				const wait = backoffMs(failures, parts.random());
				await parts.sleep(waitOf(error) ?? wait);
			}
		}
	};

	return {
		begin() {
			connections += 1;
			told = parts.getState().recent;
			return told;
		},
		renew() {
			told = null;
		},
		check() {
			if (isRunning || !isDue(parts.getState(), told)) return;
			isRunning = true;
			void run().finally(() => {
				isRunning = false;
			});
		},
	};
}

/**
 * Whether there is anything to tell, and somebody who can be told. While a connection begins the hub
 * shows one server after the other: what it watches there is told once all have come.
 */
function isDue(
	{ connection, recent }: State,
	told: readonly Id[] | null,
): boolean {
	if (told === null) return connection.status === "live";
	const canTell =
		connection.status === "live" || connection.status === "syncing";
	return canTell && !isSameSet(told, recent);
}

function isSameSet(some: readonly Id[], others: readonly Id[]): boolean {
	if (some === others) return true;
	const known = new Set(some);
	return some.length === others.length && others.every((id) => known.has(id));
}
