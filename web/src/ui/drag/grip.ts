/**
 * One press on a row of a list, from the first touch to the last: it becomes a drag when the mouse
 * has gone far enough, or when a finger has rested a moment and then goes. Whatever takes the
 * pointer away (Esc, another window, the system) puts the row back. Knows no order and no React.
 */
import { listen } from "@/lib/listen.ts";
import { type Lane, scrollBy } from "./lane.ts";

/** A press that moves less than this is a press, not a drag. */
const SLOP_PX = 6;
/** A finger that rests so long takes the row; the menu of a long press comes later (500 ms). */
const LIFT_MS = 250;
/** A finger that goes farther before that scrolls. */
const FINGER_SLOP_PX = 10;

export type Drag = { lane: Omit<Lane, "count">; top: number };

export type Grip = {
	/** The press is over or was never one; nothing is to be heard of it again. */
	release: () => void;
	isLifted: () => boolean;
};

export type GripParts = {
	list: HTMLElement;
	/** What scrolls: the list or what it stands in. */
	scroller: HTMLElement;
	row: HTMLElement;
	/** The row follows the pointer; undefined when it is put back. */
	onMove: (drag: Drag | undefined) => void;
	/** The row is let go of where it is, whether anybody has seen it there yet or not. */
	onDrop: (drag: Drag) => void;
	/** The press is over, whatever became of it. */
	onEnd: () => void;
};

type Press = Pick<
	PointerEvent,
	"clientX" | "clientY" | "pointerId" | "pointerType"
>;

/** Null when there is nothing to put into order. */
export function grip(press: Press, parts: GripParts): Grip | null {
	const lane = laneOf(parts);
	return lane ? new Follow(press, parts, lane) : null;
}

function laneOf({ list, row }: GripParts): Drag["lane"] | null {
	const rows = [...(row.parentElement?.children ?? [])].filter((one) =>
		one.matches("[data-drag]"),
	);
	const [first, second] = rows.map((one) => one.getBoundingClientRect().top);
	if (first === undefined || second === undefined) return null;
	return { base: first - startOf(list), step: second - first };
}

/** Where the content of a list begins on the screen, however far it is scrolled. */
function startOf(list: HTMLElement): number {
	return list.getBoundingClientRect().top - list.scrollTop;
}

class Follow implements Grip {
	readonly #press: Press;
	readonly #parts: GripParts;
	readonly #lane: Drag["lane"];
	/** How far below the start of the row it is held. */
	readonly #hold: number;
	readonly #stops: (() => void)[] = [];
	#phase: "pressed" | "lifted" | "put back" = "pressed";
	/** Lifted and moved: the click that follows is none. */
	#hasMoved = false;
	#y: number;
	#frame = 0;

	constructor(press: Press, parts: GripParts, lane: Drag["lane"]) {
		this.#press = press;
		this.#parts = parts;
		this.#lane = lane;
		this.#y = press.clientY;
		this.#hold = press.clientY - parts.row.getBoundingClientRect().top;
		if (press.pointerType === "touch") {
			const timer = setTimeout(() => this.#lift(), LIFT_MS);
			this.#stops.push(() => clearTimeout(timer));
		}
		const putBack = () => this.#putBack();
		this.#stops.push(
			listen(
				window,
				{
					pointermove: (event) => this.#onMove(event),
					pointerup: (event) => this.#onUp(event),
					pointercancel: (event) => this.#onLost(event),
					keydown: (event) => this.#onKey(event),
					contextmenu: (event) => this.#onMenu(event),
					scroll: () => this.#show(),
				},
				{ capture: true },
			),
			listen(window, { blur: putBack, resize: putBack }),
		);
	}

	isLifted(): boolean {
		return this.#phase === "lifted";
	}

	release(): void {
		cancelAnimationFrame(this.#frame);
		for (const stop of this.#stops.splice(0)) stop();
	}

	#onMove(event: PointerEvent): void {
		const { clientX, clientY, pointerId, pointerType } = this.#press;
		if (event.pointerId !== pointerId) return;
		// It was let go of where nobody told us.
		if (event.buttons === 0) return this.#end();
		const way = Math.hypot(event.clientX - clientX, event.clientY - clientY);
		this.#y = event.clientY;
		if (this.#phase === "pressed") {
			if (pointerType !== "touch" && way >= SLOP_PX) this.#lift();
			else if (pointerType === "touch" && way > FINGER_SLOP_PX) this.#end();
		}
		if (this.#phase !== "lifted") return;
		if (way >= SLOP_PX) this.#hasMoved = true;
		this.#show();
	}

	#onUp(event: PointerEvent): void {
		if (event.pointerId !== this.#press.pointerId) return;
		if (this.#hasMoved) swallowClick();
		if (this.#phase === "lifted") this.#parts.onDrop(this.#drag());
		this.#end();
	}

	#onLost(event: PointerEvent): void {
		if (event.pointerId === this.#press.pointerId) this.#end();
	}

	#onKey(event: KeyboardEvent): void {
		if (event.key !== "Escape" || this.#phase !== "lifted") return;
		event.preventDefault();
		event.stopImmediatePropagation();
		this.#putBack();
	}

	/** A finger that has not gone anywhere means the menu, and not the row. */
	#onMenu(event: Event): void {
		if (this.#phase !== "lifted") return;
		if (this.#hasMoved && this.#press.pointerType === "touch") {
			event.preventDefault();
			event.stopImmediatePropagation();
		} else this.#putBack();
	}

	#lift(): void {
		if (this.#phase !== "pressed") return;
		this.#phase = "lifted";
		const { list } = this.#parts;
		try {
			// The list and not the row: the row may be moved or go while it is held.
			list.setPointerCapture(this.#press.pointerId);
			const lost = (event: PointerEvent) => this.#onLost(event);
			list.addEventListener("lostpointercapture", lost);
			this.#stops.push(() =>
				list.removeEventListener("lostpointercapture", lost),
			);
		} catch {
			// The pointer is gone already; the next that is heard of it ends this.
		}
		if (this.#press.pointerType === "touch") navigator.vibrate?.(10);
		this.#show();
		this.#scroll();
	}

	#show(): void {
		if (this.#phase === "lifted") this.#parts.onMove(this.#drag());
	}

	#drag(): Drag {
		const top = this.#y - this.#hold - startOf(this.#parts.list);
		return { lane: this.#lane, top };
	}

	readonly #scroll = (): void => {
		if (this.#phase !== "lifted") return;
		const { scroller } = this.#parts;
		const by = scrollBy(this.#y, scroller.getBoundingClientRect());
		// The scrolling tells of itself, and the row follows.
		if (by !== 0) scroller.scrollTop += by;
		this.#frame = requestAnimationFrame(this.#scroll);
	};

	/** Until the button comes up the press goes on, and does nothing. */
	#putBack(): void {
		if (this.#phase !== "lifted") return this.#end();
		this.#phase = "put back";
		this.#hasMoved = true;
		this.#parts.onMove(undefined);
	}

	#end(): void {
		this.#phase = "put back";
		this.release();
		this.#parts.onEnd();
	}
}

/** The click that follows a drag opens nothing. */
function swallowClick(): void {
	const stop = listen(
		window,
		{
			click: (event) => {
				event.preventDefault();
				event.stopPropagation();
			},
		},
		{ capture: true },
	);
	setTimeout(stop);
}
