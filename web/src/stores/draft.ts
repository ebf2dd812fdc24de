/**
 * Copy on write for one batch: each touched container is cloned once, however
 * many inputs touch it, and untouched parts keep their identity.
 */
export class Draft<S extends object> {
	readonly #owned = new WeakSet<object>();
	readonly root: S;

	constructor(base: S) {
		this.root = this.#adopt(base);
	}

	/** The container at `key`, from now on private to this batch. */
	at<P extends object, K extends keyof P>(parent: P, key: K): P[K] {
		const child = parent[key];
		if (typeof child !== "object" || child === null || this.#owned.has(child))
			return child;
		const copy = this.#adopt(child);
		parent[key] = copy;
		return copy;
	}

	/** Marks a fresh container as private, so that `at` need not clone it. */
	own<T extends object>(fresh: T): T {
		this.#owned.add(fresh);
		return fresh;
	}

	#adopt<T extends object>(value: T): T {
		return this.own(Object.assign(Array.isArray(value) ? [] : {}, value));
	}
}
