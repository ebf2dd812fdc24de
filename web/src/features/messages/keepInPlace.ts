import { flushSync } from "react-dom";

/** Frames in which the list may still go along with a row that it measures anew. */
const FRAMES = 3;

/**
 * Makes a change that alters the height of a row while something in it stays where it is seen: the
 * list itself keeps what is below the row, or its end, in place.
 */
export function keepInPlace(element: HTMLElement, change: () => void): void {
	const scroller = element.closest("ol")?.parentElement;
	const { top } = element.getBoundingClientRect();
	const settle = () =>
		scroller?.scrollBy(0, element.getBoundingClientRect().top - top);
	flushSync(change);
	settle();
	// After the list has measured it, and before that is painted.
	const observer = new ResizeObserver(settle);
	observer.observe(element.closest("article") ?? element);
	let frames = 0;
	const next = () => {
		settle();
		frames += 1;
		if (frames < FRAMES) requestAnimationFrame(next);
		else observer.disconnect();
	};
	requestAnimationFrame(next);
}
