import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import {
	jumpToPresent,
	openChannel,
	setFollowing,
	useConnection,
	useReadMarks,
	useTimeline,
} from "@/stores/index.ts";
import { ErrorState } from "@/ui/ErrorState.tsx";
import { Composer } from "./Composer.tsx";
import { recallPlace } from "./chatUi.ts";
import { listRows } from "./listRows.ts";
import { MessageList } from "./MessageList.tsx";
import { NewSinceBar } from "./NewSinceBar.tsx";
import { SkeletonRows } from "./otherRows.tsx";
import { PresentPill } from "./PresentPill.tsx";
import { TypingLine } from "./TypingLine.tsx";
import { useChatKeys } from "./useChatKeys.ts";
import { type DividerPlace, useIsPast } from "./useIsPast.ts";
import { useJump } from "./useJump.ts";
import { useResumedEdit } from "./useResumedEdit.ts";
import { useSpokenMessages } from "./useSpokenMessages.ts";

/** The messages of one channel and the place to write. Mounted anew for each channel. */
export function ChatBody({ channel }: { channel: Channel }) {
	const { id } = channel;
	const { notDone } = useT();
	const view = useTimeline(id);
	// Most often one comes back to the end; the list says better as soon as it knows.
	const [atEnd, setAtEnd] = useState(() => recallPlace(id)?.atEnd ?? true);
	const [divider, setDivider] = useState<DividerPlace>("absent");
	const { isPast, noteLed } = useIsPast(id, divider);
	const toEnd = useRef(() => {});
	const { hasNewer, isNewerFailed } = view;
	const rows = useMemo(
		() => listRows(view.rows, { hasNewer, isNewerFailed }),
		[view.rows, hasNewer, isNewerFailed],
	);

	const onView = useCallback((isAtEnd: boolean, place: DividerPlace) => {
		setAtEnd(isAtEnd);
		setDivider(place);
	}, []);

	useReadMarks(id, atEnd && !hasNewer && !isPast);
	useSpokenMessages(id, atEnd);
	useEffect(() => setFollowing(id, atEnd), [id, atEnd]);

	const pane = useRef<HTMLDivElement>(null);
	const jumps = useJump(id, pane);
	const { jump } = jumps;
	const goToPresent = useCallback(async () => {
		const outcome = await jump("present", notDone.newest, (left) =>
			jumpToPresent(id, left),
		);
		// To the end of what is here, at least.
		if (outcome !== "left") requestAnimationFrame(() => toEnd.current());
	}, [id, jump, notDone]);
	useChatKeys(id, goToPresent);
	useResumedEdit(id);

	return (
		<>
			<div ref={pane} className="relative flex min-h-0 grow flex-col">
				<NewSinceBar
					channelId={id}
					jumps={jumps}
					rows={view.rows}
					isDividerAbove={divider === "above"}
					isPast={isPast}
					onLed={noteLed}
				/>
				{view.status === "ready" ? (
					<MessageList
						channel={channel}
						rows={rows}
						hasOlder={view.hasOlder}
						onView={onView}
						toEnd={toEnd}
					/>
				) : (
					<NotReady status={view.status} channelId={id} />
				)}
				{view.status === "ready" && (!atEnd || hasNewer) ? (
					<PresentPill
						channelId={id}
						busy={jumps.goal === "present"}
						onPress={goToPresent}
					/>
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
