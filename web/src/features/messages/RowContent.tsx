import { memo } from "react";
import type { Channel } from "@/api/types.ts";
import type { ListRow } from "./listRows.ts";
import { MessageRow } from "./MessageRow.tsx";
import { NewerRow } from "./NewerRow.tsx";
import { DayRow, StartRow, UnreadRow } from "./otherRows.tsx";

type Props = {
	row: ListRow;
	channel: Channel;
	/** The one row in the tab order. */
	isActive: boolean;
	/** That row, and somebody went to it. */
	isChosen: boolean;
	/** Under the pointer. */
	isHot: boolean;
	/** Just jumped to. */
	isTarget: boolean;
};

/**
 * Which component shows which row. A sent message and the pending one it was share theirs, so
 * that the focus on it outlives the answer of the hub.
 */
export const RowContent = memo(function RowContent(props: Props) {
	const { row, channel, ...marks } = props;
	switch (row.kind) {
		case "message":
		case "pending":
			return <MessageRow channelId={channel.id} row={row} {...marks} />;
		case "day":
			return <DayRow at={row.at} now={Date.now()} />;
		case "unread":
			return <UnreadRow count={row.count} />;
		case "start":
			return <StartRow name={channel.name} />;
		case "newer":
			return <NewerRow channelId={channel.id} isFailed={row.isFailed} />;
	}
});
