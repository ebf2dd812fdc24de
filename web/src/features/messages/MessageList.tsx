import type { VirtualItem } from "@tanstack/react-virtual";
import {
	type KeyboardEvent,
	memo,
	type RefObject,
	useEffect,
	useMemo,
	useRef,
	useState,
} from "react";
import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { loadNewer, loadOlder } from "@/stores/index.ts";
import { SKELETON_PX } from "./heights.ts";
import { isCutOff, type ListRow } from "./listRows.ts";
import { SkeletonRows } from "./otherRows.tsx";
import { RowContent } from "./RowContent.tsx";
import type { DividerPlace } from "./useIsPast.ts";
import { useJumpTarget } from "./useJumpTarget.ts";
import { END_PX, useMessageVirtualizer } from "./useMessageVirtualizer.ts";
import { useNewDivider } from "./useNewDivider.ts";
import { usePlace, useRecalledPlace } from "./usePlace.ts";
import { useRoving } from "./useRoving.ts";
import { useShownEdit } from "./useShownEdit.ts";

/** History is fetched while it is still this many screens away. */
const AHEAD_SCREENS = 3;

type Props = {
	channel: Channel;
	rows: readonly ListRow[];
	hasOlder: boolean;
	/** Whether the end is seen, and where the unread divider stands. */
	onView: (atEnd: boolean, divider: DividerPlace) => void;
	/** Filled with the way to the newest row. */
	toEnd: RefObject<() => void>;
};

/** The messages of a channel, of which only those near the view are in the page. */
export const MessageList = memo(function MessageList({
	channel,
	rows,
	hasOlder,
	onView,
	toEnd,
}: Props) {
	const t = useT();
	const { id } = channel;
	const scroller = useRef<HTMLDivElement>(null);
	const kept = useRef(-1);
	const [hot, setHot] = useState<string>();
	const place = useRecalledPlace(id);
	const virtual = useMessageVirtualizer({
		channelId: id,
		rows,
		hasOlder,
		scroller,
		place,
		kept,
	});
	const roving = useRoving(rows, virtual, scroller);
	kept.current = roving.index;
	toEnd.current = () => virtual.scrollToEnd();
	const look = usePlace(id, rows, virtual, place);
	const divider = useMemo(
		() => rows.findIndex(({ kind }) => kind === "unread"),
		[rows],
	);
	useNewDivider(id, rows, divider, virtual);
	useShownEdit(rows, virtual);
	const marked = useJumpTarget(id, rows, virtual, roving.setActive);

	const report = useRef<() => void>(() => {});
	report.current = () => {
		const view = look();
		if (!view) return;
		const mark = virtual.measurementsCache[divider];
		onView(view.below <= END_PX, placeOf(mark, view.above));
		const ahead = AHEAD_SCREENS * view.height;
		// Of older ones what fails shows as a skeleton that stays; coming near again is the next try.
		if (view.above < ahead) loadOlder(id).catch(() => {});
		if (view.below < ahead && !isCutOff(rows)) loadNewer(id).catch(() => {});
	};
	useEffect(() => report.current());

	useEffect(() => {
		const element = scroller.current;
		if (!element) return;
		const observer = new ResizeObserver(() => report.current());
		observer.observe(element);
		return () => observer.disconnect();
	}, []);

	const items = virtual.getVirtualItems();
	// Out of sight its shimmer would cost every frame something.
	const isStartNear = hasOlder && (items[0]?.index ?? 0) === 0;
	return (
		<div
			ref={scroller}
			className="scroll-thin mb-3 flex min-h-0 grow flex-col overflow-x-hidden overflow-y-auto [overflow-anchor:none]"
			onScroll={() => report.current()}
		>
			<ol
				// biome-ignore lint/a11y/noRedundantRoles: some readers drop the role of an unstyled list
				role="list"
				id="messages"
				tabIndex={-1}
				aria-label={t.chat.messages(channel.name)}
				className="relative mt-auto w-full shrink-0 outline-none"
				style={{ height: virtual.getTotalSize() }}
				onKeyDown={(event: KeyboardEvent) => roving.onKeyDown(event)}
				onPointerOver={(event) => setHot(keyUnder(event.target))}
				onPointerLeave={() => setHot(undefined)}
				onFocus={(event) => roving.setActive(keyUnder(event.target))}
			>
				{isStartNear ? (
					<li
						className="absolute inset-x-0 top-0 overflow-hidden"
						style={{ height: SKELETON_PX }}
					>
						<SkeletonRows label={t.chat.loadingOlder} />
					</li>
				) : null}
				{items.map(({ index, start }) => {
					const row = rows[index];
					return row ? (
						<li
							key={row.key}
							data-index={index}
							data-key={row.key}
							ref={virtual.measureElement}
							className="absolute inset-x-0 top-0 [contain:layout_style]"
							style={{ transform: `translateY(${start}px)` }}
						>
							<RowContent
								row={row}
								channel={channel}
								isActive={index === roving.index}
								isChosen={index === roving.index && roving.isChosen}
								isHot={row.key === hot}
								isTarget={row.kind === "message" && row.id === marked}
							/>
						</li>
					) : null;
				})}
			</ol>
		</div>
	);
});

function placeOf(mark: VirtualItem | undefined, above: number): DividerPlace {
	if (!mark) return "absent";
	return mark.end <= above ? "above" : "reached";
}

function keyUnder(target: EventTarget): string | undefined {
	if (!(target instanceof Element)) return undefined;
	return target.closest<HTMLElement>("[data-key]")?.dataset.key;
}
