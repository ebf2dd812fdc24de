/**
 * The reducer of the client. Pure: no clock, no randomness, no I/O, no React.
 * `applyBatch(s, a ++ b)` equals `applyBatch(applyBatch(s, a), b)`.
 */
import { Draft } from "./draft.ts";
import type { Input } from "./inputs.ts";
import { applyEvent } from "./reducers/events.ts";
import { applyLocal } from "./reducers/local.ts";
import { acknowledge } from "./reducers/outbox.ts";
import { applyPage } from "./reducers/pages.ts";
import { applySync, applyWatched } from "./reducers/tracks.ts";
import type { State } from "./state.ts";
import { unreachable, type Work } from "./work.ts";

export function applyBatch(state: State, inputs: readonly Input[]): State {
	const work = new Draft(state);
	for (const input of inputs) apply(work, input);
	return work.root;
}

function apply(work: Work, input: Input): void {
	switch (input.kind) {
		case "event":
			return applyEvent(work, input.event, input.at);
		case "page":
			return applyPage(work, input.page);
		case "sync":
			return applySync(work, input.channelId, input.changes);
		case "watched":
			return applyWatched(work, input.channels);
		case "ack":
			return acknowledge(work, input);
		case "local":
			return applyLocal(work, input.change);
		default:
			return unreachable(input);
	}
}
