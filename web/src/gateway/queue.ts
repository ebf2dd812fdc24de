/**
 * Inputs wait for the next frame, so that a burst is one change of the store.
 * A hidden page gets no frames; there a timer stands in.
 */
import type { Input } from "@/stores/inputs.ts";

const hiddenMs = 250;
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

	const flush = () => {
		cancel?.();
		cancel = null;
		if (waiting.length === 0) return;
		const inputs = waiting;
		waiting = [];
		apply(inputs);
	};

	return {
		push(input) {
			waiting.push(input);
			if (waiting.length >= mostInputs) flush();
			else cancel ??= schedule(flush);
		},
		flush,
		clear() {
			cancel?.();
			cancel = null;
			waiting = [];
		},
	};
}

/** Whichever comes first: a page can be hidden while it waits for its frame. */
function schedule(run: () => void): () => void {
	const frame = requestAnimationFrame(run);
	const timer = setTimeout(run, hiddenMs);
	return () => {
		cancelAnimationFrame(frame);
		clearTimeout(timer);
	};
}
