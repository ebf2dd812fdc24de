/**
 * Reading is acknowledged when the end of a channel was on the screen of a
 * focused, visible page for half a second; at most once per second.
 */
import { useEffect } from "react";
import type { Id } from "@/api/types.ts";
import { onForget } from "@/lib/forget.ts";
import { isNewer } from "@/lib/ids.ts";
import { markReadTo } from "./actions/presence.ts";
import { useStore } from "./hooks.ts";
import { useIsAttended } from "./useIsAttended.ts";

/** Long enough on the screen to count as seen. */
const seenAfterMs = 500;
/** The hub hears of a channel's reading at most this often. */
const atMostEveryMs = 1000;

const lastMarked = new Map<Id, number>();
onForget(() => lastMarked.clear());

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
		const sinceLast = Date.now() - (lastMarked.get(channelId) ?? 0);
		const wait = Math.max(seenAfterMs, atMostEveryMs - sinceLast);
		const timer = setTimeout(() => {
			lastMarked.set(channelId, Date.now());
			markReadTo(channelId, lastMessageId).catch(() => {
				// The next connection says what the hub knows, and this runs again.
			});
		}, wait);
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
