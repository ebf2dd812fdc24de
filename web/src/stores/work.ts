/** What every reducer gets: one batch's private copy of the state. */
import type { Draft } from "./draft.ts";
import type { State } from "./state.ts";

export type Work = Draft<State>;

/** Fails type checking where a case is missing; a newer hub's are ignored. */
export function unreachable(_: never): void {}
