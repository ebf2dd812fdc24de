/** Where rows of one height stand in a list, in pixels from its start. Knows no DOM. */
export type Lane = {
	/** Where the first row begins. */
	base: number;
	/** From one row to the next. */
	step: number;
	count: number;
};

/** A row that is drawn farther than this beyond the list stays at its end. */
export function within({ base, step, count }: Lane, top: number): number {
	return Math.min(Math.max(top, base), base + step * (count - 1));
}

/** The place that a row at `top` would fall into. */
export function placeAt(lane: Lane, top: number): number {
	return Math.round((within(lane, top) - lane.base) / lane.step);
}

/** How far the row at `index` makes way for one that is drawn from `from` to `to`. */
export function shiftOf(index: number, from: number, to: number): number {
	if (index > from && index <= to) return -1;
	return index < from && index >= to ? 1 : 0;
}

/** Nearer to an edge of what scrolls than this, it scrolls. */
const EDGE_PX = 36;
/** At the edge and beyond it, in a frame. */
const SPEED_MAX_PX = 14;

/** How far to scroll in a frame while the pointer is at `y`: the nearer to the edge, the faster. */
export function scrollBy(
	y: number,
	{ top, bottom }: { top: number; bottom: number },
): number {
	const up = Math.min(1, (top + EDGE_PX - y) / EDGE_PX);
	const down = Math.min(1, (y - bottom + EDGE_PX) / EDGE_PX);
	if (up > 0) return -Math.ceil(up * SPEED_MAX_PX);
	return down > 0 ? Math.ceil(down * SPEED_MAX_PX) : 0;
}
