import { useMemo, useRef } from "react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useChannels, useIsOwner, useStore } from "@/stores/index.ts";
import { DragSlot } from "@/ui/drag/DragSlot.tsx";
import { useListDrag } from "@/ui/drag/useListDrag.ts";
import { rove } from "@/ui/rove.ts";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { ChannelRow } from "./ChannelRow.tsx";
import { MoreUnread } from "./MoreUnread.tsx";
import { NotLoadedList } from "./NotLoadedList.tsx";
import { moveChannel } from "./order.ts";
import { useOffscreen } from "./useOffscreen.ts";

type Props = { serverId: Id; currentId: Id | null };

/** The channels of a server. One tab stop; arrows walk it. */
export function ChannelList({ serverId, currentId }: Props) {
	const t = useT();
	const channels = useChannels(serverId);
	const isOwner = useIsOwner(serverId);
	const isKnown = useStore(
		(state) => state.channels.byServer[serverId] !== undefined,
	);
	const isSettled = useStore((state) => state.connection.status === "live");
	const list = useRef<HTMLUListElement>(null);
	const sides = useOffscreen(list, channels);
	const ids = useMemo(() => channels.map(({ id }) => id), [channels]);
	const drag = useListDrag({
		ids,
		list,
		isOn: isOwner,
		scroller: (rows) => rows.parentElement,
		onDrop: (id, by) => void moveChannel(serverId, id, by),
	});
	const edge = { sides, channels, currentId, list };
	if (!isKnown && isSettled) return <NotLoadedList serverId={serverId} />;
	if (!isKnown)
		return (
			<div className="grid gap-2.5 px-4 py-4">
				{["w-3/5", "w-2/5", "w-1/2", "w-2/3"].map((width) => (
					<Skeleton key={width} className={`h-4 ${width}`} />
				))}
			</div>
		);
	if (channels.length === 0)
		return (
			<div className="px-4 py-6 text-center">
				<p className="text-ui">{t.channels.none}</p>
				<p className="text-small text-ink-3">{t.channels.noneHint}</p>
			</div>
		);
	const hasCurrent = channels.some((channel) => channel.id === currentId);
	return (
		<>
			<MoreUnread side="above" {...edge} />
			<ul
				ref={list}
				// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the tree pattern on a list
				role="tree"
				aria-label={t.channels.list}
				onKeyDown={(event) => rove(event, list.current, "vertical")}
				className={`relative flex flex-col gap-px px-2 py-2 ${drag.heldId ? "cursor-grabbing select-none [&_a]:pointer-events-none" : ""}`}
			>
				<DragSlot
					top={drag.slotTop}
					className="inset-x-2 h-8 rounded-control coarse:h-11"
				/>
				{channels.map((channel, index) => (
					<ChannelRow
						key={channel.id}
						channel={channel}
						isCurrent={channel.id === currentId}
						isStop={hasCurrent ? channel.id === currentId : index === 0}
						isHeld={channel.id === drag.heldId}
						shift={drag.shiftOf(index)}
						take={isOwner ? drag.take : undefined}
					/>
				))}
			</ul>
			<MoreUnread side="below" {...edge} />
		</>
	);
}
