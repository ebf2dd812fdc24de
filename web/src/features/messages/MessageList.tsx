import {
	defaultRangeExtractor,
	type Range,
	useVirtualizer,
} from "@tanstack/react-virtual";
import {
	type KeyboardEvent,
	type ReactNode,
	useCallback,
	useEffect,
	useLayoutEffect,
	useRef,
	useState,
} from "react";
import type { Id } from "@/api/types.ts";
import { type Place, recallPlace, rememberPlace } from "./chatUi.ts";
import type { ListRow } from "./listRows.ts";
import { useRoving } from "./useRoving.ts";

/** Guesses of row heights in px until a row is measured. */
const ESTIMATES: Record<ListRow["kind"], number> = {
	start: 150,
	skeleton: 156,
	day: 36,
	unread: 32,
	message: 46,
	pending: 46,
	foot: 12,
};

/** This near to the end counts as reading along. */
const END_PX = 48;
/** History is fetched while it is still this many screens away. */
const AHEAD_SCREENS = 3;

type Props = {
	channelId: Id;
	label: string;
	rows: ListRow[];
	/** Show this message in the middle; `at` tells a repeated wish from the same one. */
	target: { messageId: Id; at: number } | undefined;
	onTargetShown: () => void;
	onNearStart: () => void;
	onNearEnd: () => void;
	onAtEnd: (atEnd: boolean) => void;
	/** Filled with the way to the newest row. */
	toEnd: { current: () => void };
	renderRow: (row: ListRow, isActive: boolean, isHot: boolean) => ReactNode;
};

/**
 * The virtual list of a channel, anchored at its end. The only file that knows the virtualiser:
 * no bottom padding (a foot row instead), dividers are rows, keys are steady, the focused row is
 * always rendered.
 */
export function MessageList(props: Props) {
	const { channelId, rows, target, onTargetShown, onAtEnd, toEnd } = props;
	const scroller = useRef<HTMLDivElement>(null);
	const [place] = useState(() => recallPlace(channelId));
	const [hot, setHot] = useState<string>();
	const isEntering = useEntering();
	const active = useRef(-1);
	const rangeExtractor = useCallback((range: Range) => {
		const indexes = defaultRangeExtractor(range);
		const focused = active.current;
		if (focused < 0 || focused >= range.count || indexes.includes(focused))
			return indexes;
		return [...indexes, focused].sort((a, b) => a - b);
	}, []);
	const virtual = useVirtualizer({
		count: rows.length,
		getScrollElement: () => scroller.current,
		estimateSize: (index) => ESTIMATES[rows[index]?.kind ?? "message"],
		getItemKey: (index) => rows[index]?.key ?? index,
		initialMeasurementsCache: place?.measured ?? [],
		overscan: 8,
		anchorTo: "end",
		followOnAppend: true,
		scrollEndThreshold: END_PX,
		scrollPaddingStart: isEntering && !place ? window.innerHeight / 3 : 0,
		rangeExtractor,
	});
	const roving = useRoving(rows, virtual, scroller);
	active.current = roving.index;

	toEnd.current = () => virtual.scrollToEnd();

	const settled = useRef(false);
	const last = useRef<Omit<Place, "measured">>(undefined);
	useLayoutEffect(() => {
		if (settled.current || !rows.some(isContent)) return;
		settled.current = true;
		const index = place ? rows.findIndex((row) => row.key === place.key) : -1;
		const unread = rows.findIndex((row) => row.kind === "unread");
		if (place && !place.atEnd && index >= 0) {
			virtual.scrollToOffset(
				(virtual.getOffsetForIndex(index, "start")?.[0] ?? 0) + place.below,
			);
		} else if (!place && unread >= 0) {
			virtual.scrollToIndex(unread, { align: "start" });
		} else virtual.scrollToEnd();
	});

	useLayoutEffect(() => {
		if (!target) return;
		const index = rows.findIndex(
			(row) => row.kind === "message" && row.id === target.messageId,
		);
		if (index < 0) return;
		virtual.scrollToIndex(index, { align: "center" });
		roving.setActive(rows[index]?.key);
		onTargetShown();
	}, [target, rows, virtual, roving.setActive, onTargetShown]);

	const report = useRef<() => void>(() => {});
	report.current = () => {
		const element = scroller.current;
		if (!element || !settled.current) return;
		const below = virtual.getDistanceFromEnd();
		onAtEnd(below <= END_PX);
		const offset = element.scrollTop;
		const first = virtual.getVirtualItemForOffset(offset);
		if (first)
			last.current = {
				atEnd: below <= END_PX,
				key: String(first.key),
				below: offset - first.start,
			};
		if (element.scrollTop < AHEAD_SCREENS * element.clientHeight)
			props.onNearStart();
		if (below < AHEAD_SCREENS * element.clientHeight) props.onNearEnd();
	};
	useEffect(() => report.current());

	// The composer grows, a soft keyboard opens: who reads along goes on reading along.
	useEffect(() => {
		const element = scroller.current;
		if (!element) return;
		const observer = new ResizeObserver(() => {
			if (last.current?.atEnd) virtual.scrollToEnd();
		});
		observer.observe(element);
		return () => observer.disconnect();
	}, [virtual]);

	// On the way out the element is gone already: the place was noted at the last scroll.
	useEffect(() => {
		return () => {
			if (last.current)
				rememberPlace(channelId, {
					...last.current,
					measured: virtual.measurementsCache,
				});
			settled.current = false;
		};
	}, [virtual, channelId]);

	return (
		<div
			ref={scroller}
			className="scroll-thin flex min-h-0 grow flex-col overflow-x-hidden overflow-y-auto [overflow-anchor:none]"
			onScroll={() => report.current()}
		>
			<ol
				// biome-ignore lint/a11y/noRedundantRoles: some readers drop the role of an unstyled list
				role="list"
				id="messages"
				tabIndex={-1}
				aria-label={props.label}
				className="relative mt-auto w-full shrink-0 outline-none"
				style={{ height: virtual.getTotalSize() }}
				onKeyDown={(event: KeyboardEvent) => roving.onKeyDown(event)}
				onPointerOver={(event) => setHot(keyUnder(event.target))}
				onPointerLeave={() => setHot(undefined)}
				onFocus={(event) => roving.setActive(keyUnder(event.target))}
			>
				{virtual.getVirtualItems().map((item) => {
					const row = rows[item.index];
					if (!row) return null;
					const isActive = item.index === roving.index;
					return (
						<li
							key={item.key}
							data-index={item.index}
							data-key={row.key}
							ref={virtual.measureElement}
							className="absolute inset-x-0 top-0"
							style={{ transform: `translateY(${item.start}px)` }}
						>
							{props.renderRow(row, isActive, row.key === hot)}
						</li>
					);
				})}
			</ol>
		</div>
	);
}

/**
 * While rows are still being measured the divider is held a third from the top; the virtualiser
 * aims at it again after each measurement.
 */
const ENTERING_MS = 600;

function useEntering(): boolean {
	const [isEntering, setEntering] = useState(true);
	useEffect(() => {
		const timer = setTimeout(() => setEntering(false), ENTERING_MS);
		return () => clearTimeout(timer);
	}, []);
	return isEntering;
}

/** Anything but what stands in for content, or around it. */
function isContent({ kind }: ListRow): boolean {
	return kind !== "skeleton" && kind !== "foot";
}

function keyUnder(target: EventTarget): string | undefined {
	if (!(target instanceof Element)) return undefined;
	return target.closest<HTMLElement>("[data-key]")?.dataset.key;
}
