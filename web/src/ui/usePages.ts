import { useCallback, useEffect, useRef, useState } from "react";

/**
 * A list that the hub gives in pages, the next one after the last id. A new `key` begins anew; a
 * late answer to an old key is dropped.
 */
export function usePages<T extends { id: string }>(
	key: string,
	load: (after: string | undefined) => Promise<T[]>,
) {
	const [items, setItems] = useState<T[]>([]);
	const [busy, setBusy] = useState(true);
	const [isDone, setDone] = useState(false);
	const [error, setError] = useState<unknown>();
	const turn = useRef(0);
	const latest = useRef(load);
	latest.current = load;

	const fetchPage = useCallback(async (after: string | undefined) => {
		const mine = ++turn.current;
		setBusy(true);
		setError(undefined);
		try {
			const page = await latest.current(after);
			if (mine !== turn.current) return;
			setItems((before) => (after ? [...before, ...page] : page));
			setDone(page.length === 0);
		} catch (failure) {
			if (mine === turn.current) setError(failure);
		} finally {
			if (mine === turn.current) setBusy(false);
		}
	}, []);

	// biome-ignore lint/correctness/useExhaustiveDependencies: a new key is a new list
	useEffect(() => void fetchPage(undefined), [key, fetchPage]);

	return {
		items,
		busy,
		isDone,
		error,
		more: () => fetchPage(items.at(-1)?.id),
	};
}
