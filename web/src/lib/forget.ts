/**
 * What modules remember of an account beside the state (parsed texts, coloured code, places in
 * lists) goes with the account. Each says itself how it forgets; knows none of them.
 */
const forgetting = new Set<() => void>();
const handing = new Set<() => void>();
let era = 0;

/** Calls `forget` whenever another account, or nobody, uses the client from now on. */
export function onForget(forget: () => void): void {
	forgetting.add(forget);
}

/**
 * Calls `handOver` before the account goes, while what it has not stored yet can still be kept for it;
 * returns how to stop.
 */
export function beforeForget(handOver: () => void): () => void {
	handing.add(handOver);
	return () => {
		handing.delete(handOver);
	};
}

export function handOverAll(): void {
	callEach(handing);
}

/** Tells, after a wait, whether the account is still the one that there was before it. */
export function sameAccount(): () => boolean {
	const begun = era;
	return () => begun === era;
}

export function forgetAll(): void {
	era += 1;
	callEach(forgetting);
}

/** One that fails keeps neither the others nor the end of the session from happening. */
function callEach(calls: Iterable<() => void>): void {
	for (const call of calls) {
		try {
			call();
		} catch (error) {
			// It is told of in the console, as if nothing had caught it.
			setTimeout(() => {
				throw error;
			});
		}
	}
}
