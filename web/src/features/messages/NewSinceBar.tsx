import { useState } from "react";
import type { Id } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import {
	jumpToMessage,
	markRead,
	type TimelineRow,
	useIsUnread,
	useStore,
} from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";

type Props = {
	channelId: Id;
	rows: readonly TimelineRow[];
	/** The divider is further up than what is seen. */
	isDividerAbove: boolean;
};

/**
 * Says on entry how much is new when the divider is not on the loaded page, and that a mark of the
 * reader's own is held while it is out of sight. It floats over the list, so that coming and going
 * moves nothing, below what is said of the connection.
 */
export function NewSinceBar({ channelId, rows, isDividerAbove }: Props) {
	const t = useT();
	const format = useFormat();
	const entry = useStore((state) =>
		state.ui.entry?.channelId === channelId ? state.ui.entry : null,
	);
	const isUnread = useIsUnread(channelId);
	const [isHidden, setHidden] = useState(false);
	if (!entry?.lastReadId || !isUnread || rows.length === 0) return null;
	const { lastReadId, isHeld } = entry;
	const hasDivider = rows.some((row) => row.kind === "unread");
	if (isHeld ? hasDivider && !isDividerAbove : hasDivider || isHidden)
		return null;
	const first = isHeld ? (entry.markedId ?? belowDivider(rows)) : null;
	const since = format.moment(timeOfId(first ?? lastReadId), Date.now());
	const count = entry.unread ? t.chat.unread(entry.unread) : t.chat.unreadSome;
	const jump = () => {
		setHidden(true);
		void jumpToMessage(channelId, lastReadId).catch(() => {});
	};
	return (
		<div className="absolute inset-x-4 top-2 z-10 flex [main:has([data-connection])_&]:top-10 max-tablet:[main:has([data-connection])_&]:top-14 animate-fade items-center gap-2 rounded-control border border-line bg-raised ps-3 pe-1 shadow-overlay">
			<p className="min-w-0 grow py-1 text-ui text-balance">
				{isHeld ? t.chat.heldSince(since) : t.chat.newSince(count, since)}
			</p>
			<Button look="quiet" onClick={jump}>
				{t.chat.jump}
			</Button>
			<Button
				look="quiet"
				onClick={() => void markRead(channelId).catch(() => {})}
			>
				{t.chat.markRead}
			</Button>
		</div>
	);
}

/** What the divider stands before, as far as it is loaded. */
function belowDivider(rows: readonly TimelineRow[]): Id | null {
	const divider = rows.findIndex(({ kind }) => kind === "unread");
	if (divider < 0) return null;
	// A day may begin between the two.
	const below = rows.slice(divider + 1).find(({ kind }) => kind === "message");
	return below?.kind === "message" ? below.id : null;
}

/** Ids carry their time: milliseconds since 2015 in the bits above the lowest 22 (wire contract). */
const ID_EPOCH_MS = Date.UTC(2015, 0, 1);

function timeOfId(id: Id): number {
	return Number(BigInt(id) >> 22n) + ID_EPOCH_MS;
}
