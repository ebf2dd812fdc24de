import { ArrowDown, ArrowUp } from "lucide-react";
import type { RefObject } from "react";
import type { Channel, Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { selectIsUnread, useShallowStore } from "@/stores/index.ts";
import type { Side } from "./useOffscreen.ts";

type Props = {
	side: Side;
	sides: Readonly<Record<Id, Side>>;
	channels: readonly Channel[];
	currentId: Id | null;
	list: RefObject<HTMLElement | null>;
};

/** Says at the edge of the list that unread channels are out of sight, and leads to the nearest. */
export function MoreUnread({ side, sides, channels, currentId, list }: Props) {
	const t = useT();
	const unread = useShallowStore((state) =>
		channels
			.filter(({ id }) => id !== currentId && selectIsUnread(state, id))
			.map(({ id }) => id),
	);
	const hidden = unread.filter((id) => sides[id] === side);
	const nearest = side === "above" ? hidden.at(-1) : hidden[0];
	if (nearest === undefined) return null;
	const Icon = side === "above" ? ArrowUp : ArrowDown;
	const show = () =>
		list.current
			?.querySelector(`[data-channel="${nearest}"]`)
			?.scrollIntoView({ block: "center" });
	return (
		// Takes no room, so that nothing moves when it comes or goes.
		<div
			className={`sticky z-10 flex h-0 justify-center ${side === "above" ? "top-1" : "bottom-1 items-end"}`}
		>
			<button
				type="button"
				onClick={show}
				className="flex h-7 items-center gap-1.5 rounded-pill border border-line-strong bg-raised px-3 text-small text-ink-1 shadow-overlay hover:bg-active coarse:h-11"
			>
				<Icon aria-hidden="true" size={14} className="text-leaf" />
				{side === "above" ? t.channels.moreUp : t.channels.moreDown}
			</button>
		</div>
	);
}
