/** Locks between tabs. */

export type Lock = <T>(name: string, task: () => Promise<T>) => Promise<T>;

/**
 * The browser's own locks; on plain http in a LAN it has none, and then each
 * tab counts for itself: nonces and the hub's grace keep that correct.
 */
export function createLock(): Lock {
	const manager = globalThis.navigator?.locks;
	if (!manager) return createLocalLock();
	return async (name, task) => manager.request(name, task);
}

/** A queue per name within this page. */
export function createLocalLock(): Lock {
	const tails = new Map<string, Promise<unknown>>();
	return (name, task) => {
		const before = tails.get(name) ?? Promise.resolve();
		const run = before.then(task, task);
		const tail = run.catch(() => {});
		tails.set(name, tail);
		return run;
	};
}
