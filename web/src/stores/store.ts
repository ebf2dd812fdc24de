/** The store itself: one state, changed only by inputs. */
import { createStore } from "zustand/vanilla";
import { applyBatch } from "./applyBatch.ts";
import type { Input, LocalChange } from "./inputs.ts";
import { initialState, type State } from "./state.ts";

export const store = createStore<State>(() => initialState);

/** The present state, for code outside components. */
export function getState(): State {
	return store.getState();
}

/** Applies inputs in order, as one change that listeners see once. */
export function dispatch(...inputs: readonly Input[]): void {
	if (inputs.length === 0) return;
	store.setState(applyBatch(store.getState(), inputs), true);
}

export function dispatchLocal(change: LocalChange): void {
	dispatch({ kind: "local", change });
}

/** Calls `listener` when what `select` gives has another identity. */
export function watch<T>(
	select: (state: State) => T,
	listener: (value: T, previous: T) => void,
): () => void {
	let previous = select(store.getState());
	return store.subscribe((state) => {
		const value = select(state);
		if (Object.is(value, previous)) return;
		const before = previous;
		previous = value;
		listener(value, before);
	});
}
