/**
 * Inputs wait for the next frame, so that a burst is one change of the store;
 * after a change some frames go free, so that a stream of them leaves room for
 * the reader's own doings. A hidden page gets no frames; there a timer stands in.
 */
import type { Input } from "@/stores/inputs.ts";

const hiddenMs = 250;
/** Two changes are at least this far apart: every third frame of 60 a second. */
const restMs = 45;
/** A burst larger than this is applied at once, to keep memory bounded. */
const mostInputs = 1000;

export type Queue = {
	push: (input: Input) => void;
	/** Applies what waits now. */
	flush: () => void;
	/** Forgets what waits: it belongs to a session that is over. */
	clear: () => void;
};

export function createQueue(apply: (inputs: readonly Input[]) => void): Queue {
	let waiting: Input[] = [];
	let cancel: (() => void) | null = null;
	let restUntil = 0;

	const flush = () => {
		cancel?.();
		cancel = null;
		if (waiting.length === 0) return;
		const inputs = waiting;
		waiting = [];
		restUntil = performance.now() + restMs;
		apply(inputs);
	};

	return {
		push(input) {
			waiting.push(input);
			if (waiting.length >= mostInputs) flush();
			else cancel ??= schedule(flush, restUntil);
		},
		flush,
		clear() {
			cancel?.();
			cancel = null;
			waiting = [];
		},
	};
}

/** Runs in the first frame after `notBefore`; a page can be hidden while it waits for one. */
function schedule(run: () => void, notBefore: number): () => void {
	const onFrame = () => {
		if (performance.now() >= notBefore) run();
		else frame = requestAnimationFrame(onFrame);
	};
	let frame = requestAnimationFrame(onFrame);
	const timer = setTimeout(run, hiddenMs);
	return () => {
		cancelAnimationFrame(frame);
		clearTimeout(timer);
	};
}
