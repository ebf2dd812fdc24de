/**
 * Reading is acknowledged when the end of a channel was on the screen of a
 * focused, visible page for half a second; at most once per second.
 */
import { useEffect, useState } from "react";
import { ApiError, waitOf } from "@/api/errors.ts";
import type { Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import { onForget } from "@/lib/forget.ts";
import { isNewer } from "@/lib/ids.ts";
import { askReadTo, markReadTo } from "./actions/presence.ts";
import { useStore } from "./hooks.ts";
import { selectIsBehind } from "./selectors.ts";
import { useIsAttended } from "./useIsAttended.ts";

/** Long enough on the screen to count as seen. */
const seenAfterMs = 500;
/** The hub hears of a channel's reading at most this often. */
const atMostEveryMs = 1000;

type Pause = {
	/** When the hub may hear of the channel again. */
	until: number;
	/** How often it has not taken what it heard. */
	refusals: number;
	/** Not to be told again by itself. */
	refusedId: Id | null;
};

const unpaused: Pause = { until: 0, refusals: 0, refusedId: null };
const pauses = new Map<Id, Pause>();
onForget(() => pauses.clear());

const pauseOf = (channelId: Id) => pauses.get(channelId) ?? unpaused;

/**
 * Tells the hub, and answers whether to do so again by itself. What it has once not taken is shown
 * as unread until it has: else it would look read and unread by turns.
 */
async function tell(channelId: Id, messageId: Id): Promise<boolean> {
	const { refusals, refusedId } = pauseOf(channelId);
	if (refusedId === messageId) return false;
	// Before the answer: what it changes is looked at before anything could be done here.
	pause(channelId, { refusals }, atMostEveryMs);
	try {
		await (refusals === 0 ? markReadTo : askReadTo)(channelId, messageId);
		pause(channelId, { refusals: 0 }, atMostEveryMs);
		return false;
	} catch (error) {
		const isAgain = error instanceof ApiError && error.isTransient;
		const ms = waitOf(error) ?? backoffMs(refusals + 1, Math.random());
		const refused = { refusals: refusals + 1, refusedId: messageId };
		if (isAgain) pause(channelId, { refusals: refusals + 1 }, ms);
		else pause(channelId, refused, atMostEveryMs);
		return isAgain;
	}
}

function pause(
	channelId: Id,
	{ refusals, refusedId = null }: Partial<Pause> & { refusals: number },
	ms: number,
): void {
	const until = Date.now() + Math.max(atMostEveryMs, ms);
	pauses.set(channelId, { until, refusals, refusedId });
}

/** Something has changed: what the hub has refused for good may be worth another try. */
function forgive(channelId: Id): void {
	const paused = pauses.get(channelId);
	if (paused) pauses.set(channelId, { ...paused, refusedId: null });
}

/** `isEndVisible`: the newest row is in the viewport right now. */
export function useReadMarks(channelId: Id, isEndVisible: boolean): void {
	const isAttended = useIsAttended();
	const lastMessageId = useStore((state) =>
		// What is not here has not been seen.
		state.timelines[channelId]?.hasNewer === false &&
		!selectIsBehind(state, channelId)
			? (state.tracks[channelId]?.lastMessageId ?? null)
			: null,
	);
	const isUnread = useStore((state) =>
		isNewer(lastMessageId, state.reads[channelId]?.lastReadId ?? null),
	);
	const isHeld = useStore(
		({ ui }) => ui.entry?.channelId === channelId && ui.entry.isHeld,
	);
	const isLive = useStore((state) => state.connection.status === "live");
	const [tries, setTries] = useState(0);

	// biome-ignore lint/correctness/useExhaustiveDependencies: each of them is a change
	useEffect(() => forgive(channelId), [channelId, isAttended, isLive]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another try is asked for
	useEffect(() => {
		if (!isEndVisible || !isAttended || !isUnread || !isLive) return;
		if (isHeld || !lastMessageId) return;
		const pausesFor = pauseOf(channelId).until - Date.now();
		const timer = setTimeout(
			() => {
				void tell(channelId, lastMessageId).then((isAgain) => {
					if (isAgain) setTries((n) => n + 1);
				});
			},
			Math.max(seenAfterMs, pausesFor),
		);
		return () => clearTimeout(timer);
	}, [
		tries,
		channelId,
		isEndVisible,
		isAttended,
		isUnread,
		isHeld,
		isLive,
		lastMessageId,
	]);
}
