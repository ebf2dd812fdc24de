import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import {
	jumpShown,
	jumpToPresent,
	loadNewer,
	loadOlder,
	openChannel,
	setFollowing,
	useConnection,
	useReadMarks,
	useStore,
	useTimeline,
} from "@/stores/index.ts";
import { ErrorState } from "@/ui/ErrorState.tsx";
import { Composer } from "./Composer.tsx";
import { listRows } from "./listRows.ts";
import { MessageList } from "./MessageList.tsx";
import { NewSinceBar } from "./NewSinceBar.tsx";
import { SkeletonRows } from "./otherRows.tsx";
import { PresentPill } from "./PresentPill.tsx";
import { renderRow } from "./renderRow.tsx";
import { TypingLine } from "./TypingLine.tsx";
import { useChatKeys } from "./useChatKeys.ts";
import { useSpokenMessages } from "./useSpokenMessages.ts";

/** How long a jumped-to message stays marked; as long as the animation of it. */
const MARKED_MS = 1500;

/** The messages of one channel and the place to write. Mounted anew for each channel. */
export function ChatBody({ channel }: { channel: Channel }) {
	const t = useT();
	const { id } = channel;
	const view = useTimeline(id);
	const jump = useStore((state) =>
		state.ui.jump?.channelId === id ? state.ui.jump : null,
	);
	const [atEnd, setAtEnd] = useState(false);
	const [marked, setMarked] = useState<string>();
	const toEnd = useRef(() => {});
	const rows = useMemo(
		() => listRows(view.rows, view.hasOlder, view.hasNewer),
		[view.rows, view.hasOlder, view.hasNewer],
	);

	useReadMarks(id, atEnd && !view.hasNewer);
	useSpokenMessages(id, atEnd);
	useEffect(() => setFollowing(id, atEnd), [id, atEnd]);
	useEffect(() => {
		if (!marked) return;
		const timer = setTimeout(() => setMarked(undefined), MARKED_MS);
		return () => clearTimeout(timer);
	}, [marked]);

	const goToPresent = useCallback(async () => {
		await jumpToPresent(id).catch(() => {});
		requestAnimationFrame(() => toEnd.current());
	}, [id]);
	useChatKeys(id, goToPresent);

	const onTargetShown = useCallback(() => {
		setMarked(jump?.messageId);
		jumpShown();
	}, [jump]);

	return (
		<>
			<div className="relative flex min-h-0 grow flex-col">
				<NewSinceBar channelId={id} rows={view.rows} />
				{view.status === "ready" ? (
					<MessageList
						channelId={id}
						label={t.chat.messages(channel.name)}
						rows={rows}
						target={jump ?? undefined}
						onTargetShown={onTargetShown}
						onNearStart={() => void loadOlder(id).catch(() => {})}
						onNearEnd={() => void loadNewer(id).catch(() => {})}
						onAtEnd={setAtEnd}
						toEnd={toEnd}
						renderRow={(row, isActive, isHot) =>
							renderRow({ row, channel, isActive, isHot, marked })
						}
					/>
				) : (
					<NotReady status={view.status} channelId={id} />
				)}
				{view.status === "ready" && (!atEnd || view.hasNewer) ? (
					<PresentPill channelId={id} onPress={goToPresent} />
				) : null}
			</div>
			<Composer
				channel={channel}
				onSent={() => requestAnimationFrame(() => toEnd.current())}
			/>
			<TypingLine channelId={id} />
		</>
	);
}

function NotReady({
	status,
	channelId,
}: {
	status: string;
	channelId: string;
}) {
	const t = useT();
	const connection = useConnection();
	if (status === "failed")
		return (
			<ErrorState
				what={
					connection.status === "live" ? t.chat.loadFailed : t.chat.notCached
				}
				safe={t.chat.loadSafe}
				onRetry={() => void openChannel(channelId).catch(() => {})}
			/>
		);
	return (
		<div className="flex grow flex-col justify-end overflow-hidden pb-4">
			<SkeletonRows label={t.common.loading} />
			<SkeletonRows label="" />
		</div>
	);
}
