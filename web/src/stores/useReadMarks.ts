/**
 * Reading is acknowledged when the end of a channel was on the screen of a
 * focused, visible page for half a second; at most once per second.
 */
import { useEffect } from "react";
import type { Id } from "@/api/types.ts";
import { backoffMs } from "@/lib/backoff.ts";
import { onForget } from "@/lib/forget.ts";
import { isNewer } from "@/lib/ids.ts";
import { markReadTo } from "./actions/presence.ts";
import { useStore } from "./hooks.ts";
import { useIsAttended } from "./useIsAttended.ts";

/** Long enough on the screen to count as seen. */
const seenAfterMs = 500;
/** The hub hears of a channel's reading at most this often. */
const atMostEveryMs = 1000;

/** When the hub may hear of a channel again, and how often it has not taken what it heard. */
type Pause = { until: number; refusals: number };

const pauses = new Map<Id, Pause>();
onForget(() => pauses.clear());

/** Tells the hub; one that does not take it is told again by itself, later each time. */
async function tell(channelId: Id, messageId: Id): Promise<void> {
	const now = Date.now();
	const refusals = (pauses.get(channelId)?.refusals ?? 0) + 1;
	const rest = Math.max(atMostEveryMs, backoffMs(refusals, Math.random()));
	// Before the answer: what it changes is looked at before anything could be done here.
	pauses.set(channelId, { until: now + rest, refusals });
	try {
		await markReadTo(channelId, messageId);
		pauses.set(channelId, { until: now + atMostEveryMs, refusals: 0 });
	} catch {
		// The position has gone back, so that this runs again.
	}
}

/** `isEndVisible`: the newest row is in the viewport right now. */
export function useReadMarks(channelId: Id, isEndVisible: boolean): void {
	const isAttended = useIsAttended();
	const lastMessageId = useStore((state) =>
		state.timelines[channelId]?.hasNewer === false
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

	useEffect(() => {
		if (!isEndVisible || !isAttended || !isUnread || !isLive) return;
		if (isHeld || !lastMessageId) return;
		const pausesFor = (pauses.get(channelId)?.until ?? 0) - Date.now();
		const timer = setTimeout(
			() => void tell(channelId, lastMessageId),
			Math.max(seenAfterMs, pausesFor),
		);
		return () => clearTimeout(timer);
	}, [
		channelId,
		isEndVisible,
		isAttended,
		isUnread,
		isHeld,
		isLive,
		lastMessageId,
	]);
}
