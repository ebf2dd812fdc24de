/**
 * What modules remember of an account beside the state (parsed texts, coloured code, places in
 * lists) goes with the account. Each says itself how it forgets; knows none of them.
 */
const forgetting = new Set<() => void>();
let era = 0;

/** Calls `forget` whenever another account, or nobody, uses the client from now on. */
export function onForget(forget: () => void): void {
	forgetting.add(forget);
}

/** Tells, after a wait, whether the account is still the one that there was before it. */
export function sameAccount(): () => boolean {
	const begun = era;
	return () => begun === era;
}

export function forgetAll(): void {
	era += 1;
	for (const forget of forgetting) forget();
}
