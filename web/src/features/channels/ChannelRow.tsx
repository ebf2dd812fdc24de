import { Ellipsis, Hash, Pencil } from "lucide-react";
import { type KeyboardEvent, memo, type PointerEvent } from "react";
import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { fromList } from "@/lib/fromList.ts";
import { paths } from "@/lib/paths.ts";
import { Link } from "@/lib/router.tsx";
import { useDraft, useHasBegunEdit, useIsUnread } from "@/stores/index.ts";
import { MOVE_FOR_ALL_KEYS, moveForAllByKey } from "@/ui/drag/moveByKey.ts";
import type { Take } from "@/ui/drag/useListDrag.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { Menu, openContextMenu } from "@/ui/Menu.tsx";
import { channelMenu } from "./channelMenu.tsx";
import { moveChannel } from "./order.ts";

type Props = {
	channel: Channel;
	isCurrent: boolean;
	isStop: boolean;
	/** It is what is being dragged. */
	isHeld: boolean;
	/** How far it stands from its place while rows are dragged, in pixels. */
	shift: number;
	/** For who may change the order. */
	take: Take | undefined;
};

/** One channel: unread in weight, colour and a dot; a pencil where something waits that was begun. */
export const ChannelRow = memo(function ChannelRow({
	channel,
	isCurrent,
	isStop,
	isHeld,
	shift,
	take,
}: Props) {
	const t = useT();
	const isUnread = useIsUnread(channel.id) && !isCurrent;
	const hasDraft = useDraft(channel.id).trim() !== "" && !isCurrent;
	const hasEdit = useHasBegunEdit(channel.id) && !isCurrent;
	const marks = [
		isUnread && t.channels.unread,
		hasDraft && t.channels.draft,
		hasEdit && t.channels.begunEdit,
	].filter((mark) => mark !== false);
	const label =
		marks.length > 0 ? t.channels.marked(channel.name, marks) : channel.name;
	const { id, server_id } = channel;
	return (
		<li
			role="treeitem"
			tabIndex={-1}
			aria-level={1}
			aria-selected={isCurrent}
			aria-label={label}
			data-channel={id}
			data-drag
			className={`group/row relative flex items-center rounded-control ${isHeld ? "z-10 bg-raised opacity-95 shadow-overlay outline outline-leaf" : isCurrent ? "bg-active" : "hover:bg-hover"} ${shift !== 0 && !isHeld ? "transition-transform duration-(--time-base) ease-(--ease-out)" : ""}`}
			style={shift === 0 ? undefined : { transform: `translateY(${shift}px)` }}
		>
			{isUnread ? (
				<span
					aria-hidden="true"
					className="absolute -start-1.5 size-1.5 rounded-pill bg-ink-1"
				/>
			) : null}
			<Link
				to={paths.channel(server_id, id)}
				state={fromList}
				aria-current={isCurrent ? "page" : undefined}
				aria-label={label}
				data-rove
				tabIndex={isStop ? 0 : -1}
				draggable={false}
				onContextMenu={(event) =>
					openContextMenu(
						event,
						t.channels.menu(channel.name),
						channelMenu(t, channel),
					)
				}
				{...(take
					? {
							"aria-keyshortcuts": MOVE_FOR_ALL_KEYS,
							onKeyDown: (event: KeyboardEvent<HTMLElement>) =>
								moveForAllByKey(
									event,
									(by) => void moveChannel(server_id, id, by),
								),
							onPointerDown: (event: PointerEvent<HTMLElement>) =>
								take(id, event),
						}
					: {})}
				className={`inset-ring-focus flex h-8 min-w-0 grow items-center gap-2 rounded-control ps-2 pe-8 text-ui select-none coarse:h-11 coarse:pe-11 ${
					isCurrent || isUnread ? "text-ink-1" : "text-ink-2"
				} ${isUnread ? "font-semibold" : ""}`}
			>
				<Hash aria-hidden="true" size={16} className="shrink-0 text-ink-3" />
				<span dir="auto" className="grow truncate">
					{channel.name}
				</span>
				{hasDraft || hasEdit ? (
					<Pencil
						aria-hidden="true"
						size={14}
						className="shrink-0 text-ink-3"
					/>
				) : null}
			</Link>
			<Menu
				label={t.channels.menu(channel.name)}
				items={() => channelMenu(t, channel)}
			>
				<IconButton
					size="small"
					label={t.channels.menu(channel.name)}
					tabIndex={-1}
					className="absolute! end-0.5 bg-inherit opacity-0 group-focus-within/row:opacity-100 aria-expanded:opacity-100 hovers:group-hover/row:opacity-100 coarse:opacity-100"
				>
					<Ellipsis aria-hidden="true" size={16} />
				</IconButton>
			</Menu>
		</li>
	);
});
