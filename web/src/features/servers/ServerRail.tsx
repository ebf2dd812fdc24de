import { Plus, Settings } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo, Link } from "@/lib/router.tsx";
import { useStore } from "@/stores/index.ts";
import { Mark } from "@/ui/art/Mark.tsx";
import { useBindings } from "@/ui/bindings.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { DragSlot } from "@/ui/drag/DragSlot.tsx";
import { useListDrag } from "@/ui/drag/useListDrag.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { rove } from "@/ui/rove.ts";
import { tip } from "@/ui/Tooltip.tsx";
import { AddServerDialog } from "./lazyDialogs.ts";
import { ServerTile } from "./ServerTile.tsx";
import { moveServer } from "./serverOrder.ts";

type Props = { currentId: Id | null };

/** All servers as tiles. One tab stop: the arrows walk it. */
export function ServerRail({ currentId }: Props) {
	const t = useT();
	const keys = useBindings((bindings) => bindings.settings);
	const order = useStore((state) => state.servers.order);
	const list = useRef<HTMLElement>(null);
	const tiles = useRef<HTMLUListElement>(null);
	const drag = useListDrag({
		ids: order,
		list: tiles,
		onDrop: (id, by) => void moveServer(id, by),
	});
	return (
		<nav
			ref={list}
			id="rail"
			aria-label={t.servers.nav}
			tabIndex={-1}
			onKeyDown={(event: KeyboardEvent) =>
				rove(event, list.current, "vertical")
			}
			className="flex w-14 shrink-0 flex-col items-center gap-2 border-e border-line bg-rail pt-[max(0.5rem,env(safe-area-inset-top))] pb-[max(0.5rem,env(safe-area-inset-bottom))] outline-none [--surface:var(--bg-rail)] tablet:w-15 laptop:w-17"
		>
			<Link
				to={paths.home}
				aria-label={t.servers.home}
				{...tip(t.servers.home, undefined, "right")}
				data-rove
				tabIndex={currentId === null ? 0 : -1}
				className="grid size-11 shrink-0 place-items-center rounded-tile hover:bg-press"
			>
				<Mark size={32} />
			</Link>
			<span aria-hidden="true" className="h-px w-7 shrink-0 bg-line" />
			<ul
				ref={tiles}
				className={`scroll-thin relative flex min-h-0 w-full grow flex-col items-center gap-2 overflow-y-auto py-1 [scrollbar-width:none] ${drag.heldId ? "cursor-grabbing select-none [&_a]:pointer-events-none" : ""}`}
			>
				<DragSlot top={drag.slotTop} className="size-11 rounded-tile" />
				{order.map((id, index) => (
					<ServerTile
						key={id}
						id={id}
						isCurrent={id === currentId}
						isStop={id === currentId}
						isDragged={id === drag.heldId}
						shift={drag.shiftOf(index)}
						take={drag.take}
					/>
				))}
				<li>
					<IconButton
						label={t.servers.add}
						tooltipSide="right"
						data-rove
						tabIndex={-1}
						className="size-11! rounded-tile! border border-dashed border-line-strong"
						onClick={() =>
							openDialog((close) => <AddServerDialog onClose={close} />)
						}
					>
						<Plus aria-hidden="true" size={20} />
					</IconButton>
				</li>
			</ul>
			<IconButton
				label={t.servers.settings}
				shortcut={keys}
				tooltipSide="right"
				data-rove
				tabIndex={-1}
				className="size-11! rounded-tile!"
				onClick={() => goTo(paths.allSettings)}
			>
				<Settings aria-hidden="true" size={20} />
			</IconButton>
		</nav>
	);
}
