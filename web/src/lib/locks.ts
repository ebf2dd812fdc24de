/** Locks between tabs. */

/** Runs `task` alone under this name; after `waitMs` behind other tabs it waits for them no longer. */
export type Lock = <T>(
	name: string,
	task: () => Promise<T>,
	waitMs?: number,
) => Promise<T>;

/**
 * The browser's own locks; on plain http in a LAN it has none, where site data is blocked it refuses
 * them, and a tab that the browser has put to sleep may hold one for ever. Then each tab counts for
 * itself: nonces and the hub's grace keep that correct.
 */
export function createLock(): Lock {
	const local = createLocalLock();
	const manager = globalThis.navigator?.locks;
	if (!manager) return local;
	return async (name, task, waitMs) => {
		let isHeld = false;
		const options = waitMs ? { signal: AbortSignal.timeout(waitMs) } : {};
		try {
			return await manager.request(name, options, () => {
				isHeld = true;
				return task();
			});
		} catch (error) {
			if (isHeld) throw error;
			return local(name, task);
		}
	};
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
