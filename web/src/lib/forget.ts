/**
 * What modules remember of an account beside the state (parsed texts, coloured code, places in
 * lists) goes with the account. Each says itself how it forgets; knows none of them.
 */
const forgetting = new Set<() => void>();

/** Calls `forget` whenever another account, or nobody, uses the client from now on. */
export function onForget(forget: () => void): void {
	forgetting.add(forget);
}

export function forgetAll(): void {
	for (const forget of forgetting) forget();
}
