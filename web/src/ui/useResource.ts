import { useCallback, useEffect, useState } from "react";

export type Resource<T> =
	| { status: "loading" }
	| { status: "ready"; value: T }
	| { status: "failed"; error: unknown };

/**
 * A list that the hub owns and that no event carries (sessions, invites): loaded when shown, again
 * by `reload`, which keeps what is shown until the new is there.
 */
export function useResource<T>(key: string, load: () => Promise<T>) {
	const [resource, setResource] = useState<Resource<T>>({ status: "loading" });
	const [turn, setTurn] = useState(0);
	// biome-ignore lint/correctness/useExhaustiveDependencies: `key` names what `load` loads; `turn` repeats it
	useEffect(() => {
		let isOn = true;
		load().then(
			(value) => isOn && setResource({ status: "ready", value }),
			(error: unknown) => isOn && setResource({ status: "failed", error }),
		);
		return () => {
			isOn = false;
		};
	}, [key, turn]);
	const reload = useCallback(() => setTurn((n) => n + 1), []);
	const replace = useCallback(
		(value: T) => setResource({ status: "ready", value }),
		[],
	);
	return { resource, reload, replace };
}
