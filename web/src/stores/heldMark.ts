/**
 * A held mark outlives the loading of the page anew in its tab, and nothing else: whoever leaves the
 * channel, reads to its end on purpose or signs out lets go of it. It knows no reading position.
 */
import type { Id } from "@/api/types.ts";
import { watch } from "./store.ts";

const KEY = "battala.held";

/** Where this account held a mark in this channel when the page went, if it did. */
export function recallHeld(userId: Id | null, channelId: Id): Id | null {
	try {
		const kept = (sessionStorage.getItem(KEY) ?? "").split(" ");
		const [user, channel, id] = kept;
		return user === userId && channel === channelId && id ? id : null;
	} catch {
		// Closed storage: then the mark ends with the page.
		return null;
	}
}

/** Remembers the mark that is held, for as long as it is and until this is stopped. */
export function keepHeldMark(userId: Id): () => void {
	const stop = watch(
		({ ui }) => ui.entry,
		(entry) => {
			const { channelId, lastReadId } = entry?.isHeld ? entry : {};
			keep(lastReadId ? `${userId} ${channelId} ${lastReadId}` : null);
		},
	);
	return () => {
		stop();
		keep(null);
	};
}

function keep(value: string | null): void {
	try {
		if (value === null) sessionStorage.removeItem(KEY);
		else sessionStorage.setItem(KEY, value);
	} catch {
		// See above.
	}
}
