import { type ComponentType, createElement, lazy, type ReactNode } from "react";

/** Parts whose code did not come, each with how to ask for it again. */
const failed = new Set<() => void>();

/**
 * As React's `lazy`, but code that could not be fetched can be asked for again by `forgetFailed`:
 * `lazy` itself remembers the failure for ever, and a retry would be one in name only.
 */
export function lazyPart<P extends object>(
	load: () => Promise<{ default: ComponentType<P> }>,
): (props: P) => ReactNode {
	const renew = () => {
		part = make();
	};
	const make = () =>
		lazy(() =>
			load().catch((error: unknown) => {
				failed.add(renew);
				throw error;
			}),
		) as ComponentType<P>;
	let part = make();
	return (props) => createElement(part, props);
}

/** Makes the next showing of every part that failed ask for its code again. */
export function forgetFailed(): void {
	for (const renew of failed) renew();
	failed.clear();
}
