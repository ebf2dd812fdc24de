/** A finger drawn sideways over a pane, judged from where it began and where it is. No DOM but for what lies under it. */

/** Nearer to an edge than this, the finger means the system's own gesture. */
const EDGE_PX = 24;
/** A shorter way is a slip of the finger. */
const WAY_PX = 72;
/** How much more sideways than up or down it must go. */
const STEEPNESS = 2;
/** From here on it is seen to be a swipe. */
const SEEN_PX = 12;

export type Point = { x: number; y: number };
/** `back` is towards the start of the line in reading direction, as a page is turned back. */
export type Way = "back" | "forth";

export function mayBegin({ x }: Point, width: number): boolean {
	return x >= EDGE_PX && x <= width - EDGE_PX;
}

/** Which way it goes so far, if it goes sideways at all. */
export function wayOf(from: Point, to: Point, isRtl: boolean): Way | undefined {
	const across = to.x - from.x;
	const isSideways =
		Math.abs(across) >= SEEN_PX &&
		Math.abs(across) >= STEEPNESS * Math.abs(to.y - from.y);
	if (!isSideways) return undefined;
	return across > 0 === isRtl ? "forth" : "back";
}

export function isFar(from: Point, to: Point): boolean {
	return Math.abs(to.x - from.x) >= WAY_PX;
}

/** Whether the finger lies on something that has its own use for it. */
export function isTaken(target: EventTarget | null): boolean {
	if (!(target instanceof Element)) return true;
	if (target.closest("input, textarea, [role=slider], [role=separator]"))
		return true;
	if (!document.getSelection()?.isCollapsed) return true;
	for (let part: Element | null = target; part; part = part.parentElement) {
		const { overflowX } = getComputedStyle(part);
		const scrolls = overflowX === "auto" || overflowX === "scroll";
		if (scrolls && part.scrollWidth > part.clientWidth) return true;
	}
	return false;
}
