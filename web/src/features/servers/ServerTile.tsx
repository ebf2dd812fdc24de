import { memo } from "react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { Link } from "@/lib/router.tsx";
import { useIsServerUnread, useStore } from "@/stores/index.ts";
import { hueOf, initialsOf } from "@/ui/Avatar.tsx";
import { MOVE_KEYS, moveByKey } from "@/ui/drag/moveByKey.ts";
import type { Take } from "@/ui/drag/useListDrag.ts";
import { openContextMenu } from "@/ui/Menu.tsx";
import { tip } from "@/ui/Tooltip.tsx";
import { serverMenu } from "./serverMenu.tsx";
import { moveServer } from "./serverOrder.ts";

type Props = {
	id: Id;
	isCurrent: boolean;
	isStop: boolean;
	isDragged: boolean;
	/** How far it stands from its place while tiles are dragged, in pixels. */
	shift: number;
	take: Take;
};

/** One server: initials on its hue, a dot for unread, a leaf bar under the one that is open. */
export const ServerTile = memo(function ServerTile({
	id,
	isCurrent,
	isStop,
	isDragged,
	shift,
	take,
}: Props) {
	const t = useT();
	const server = useStore((state) => state.servers.byId[id]);
	const isUnread = useIsServerUnread(id);
	if (!server) return null;
	const hue = hueOf(id);
	const label = isUnread ? t.servers.unread(server.name) : server.name;
	return (
		<li
			data-drag
			className={`relative flex w-full justify-center ${isDragged ? "z-10" : ""} ${shift !== 0 && !isDragged ? "transition-transform duration-(--time-base) ease-(--ease-out)" : ""}`}
			style={shift === 0 ? undefined : { transform: `translateY(${shift}px)` }}
		>
			{isUnread && !isCurrent ? (
				<span
					aria-hidden="true"
					className="absolute start-0.5 top-4 size-2 rounded-pill bg-ink-1 max-tablet:start-0"
				/>
			) : null}
			<Link
				to={paths.server(id)}
				aria-label={label}
				{...tip(label, undefined, "right")}
				aria-current={isCurrent ? "page" : undefined}
				data-rove
				tabIndex={isStop ? 0 : -1}
				draggable={false}
				aria-keyshortcuts={MOVE_KEYS}
				onKeyDown={(event) => moveByKey(event, (by) => void moveServer(id, by))}
				onContextMenu={(event) =>
					openContextMenu(event, t.servers.menu(server.name), serverMenu(t, id))
				}
				onPointerDown={(event) => take(id, event)}
				className="relative block touch-pan-y pb-1.5"
			>
				<span
					aria-hidden="true"
					data-initials={initialsOf(server.name)}
					className={`initials grid size-11 place-items-center rounded-tile text-ui font-semibold select-none ${isDragged ? "shadow-overlay" : ""}`}
					style={{
						background: `oklch(${isCurrent ? 0.46 : 0.4} 0.08 ${hue})`,
						color: `oklch(0.97 0.03 ${hue})`,
					}}
				/>
				{isCurrent ? (
					<span
						aria-hidden="true"
						className="absolute inset-x-2 bottom-0 h-[3px] rounded-pill bg-leaf"
					/>
				) : null}
			</Link>
		</li>
	);
});
