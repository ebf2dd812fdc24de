import type { ReactNode } from "react";
import type { Channel } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import type { ListRow } from "./listRows.ts";
import { MessageRow } from "./MessageRow.tsx";
import { DayRow, SkeletonRows, StartRow, UnreadRow } from "./otherRows.tsx";
import { PendingRow } from "./PendingRow.tsx";

type Props = {
	row: ListRow;
	channel: Channel;
	isActive: boolean;
	isHot: boolean;
	/** The message that was just jumped to. */
	marked: string | undefined;
};

/** Which component shows which row. */
export function renderRow({
	row,
	channel,
	isActive,
	isHot,
	marked,
}: Props): ReactNode {
	switch (row.kind) {
		case "message":
			return (
				<MessageRow
					channelId={channel.id}
					id={row.id}
					isGrouped={row.isGrouped}
					isActive={isActive}
					isHot={isHot}
					isTarget={row.id === marked}
				/>
			);
		case "pending":
			return (
				<PendingRow
					channelId={channel.id}
					nonce={row.nonce}
					isGrouped={row.isGrouped}
					isActive={isActive}
					isHot={isHot}
				/>
			);
		case "day":
			return <DayRow at={row.at} now={Date.now()} />;
		case "unread":
			return <UnreadRow count={row.count} />;
		case "start":
			return <StartRow name={channel.name} />;
		case "skeleton":
			return (
				<SkeletonRows
					label={
						row.part === "older" ? t().chat.loadingOlder : t().chat.loadingNewer
					}
				/>
			);
		case "foot":
			return <div className="h-3" />;
	}
}
