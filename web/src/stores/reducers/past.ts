/**
 * A hub that was restored has another past. Servers and channels stay until it has said which of them
 * it has, so that those it does not have are told of as any that are lost. What was said and read in
 * them is dropped at once: the same numbers may mean other things now.
 */
import { initialState, newTimeline, type State } from "../state.ts";
import type { Work } from "../work.ts";
import { forgetSent } from "./outbox.ts";
import { forgetNumbers } from "./servers.ts";

const dropped = [
	"arranged",
	"users",
	"members",
	"tracks",
	"timelines",
	"recent",
	"reads",
	"moves",
	"typing",
] as const satisfies (keyof State)[];

export function beginOtherPast(work: Work): void {
	for (const key of dropped)
		Object.assign(work.root, { [key]: initialState[key] });
	forgetNumbers(work);
	forgetSent(work);
	openAnew(work);
}

/** The channel that is open is loaded as soon as the hub has said how far it has come. */
function openAnew(work: Work): void {
	const ui = work.at(work.root, "ui");
	const { openChannelId, entry, awaited } = ui;
	Object.assign(ui, { entry: null, awaited: null, jump: null, lostEdits: [] });
	if (openChannelId === null) return;
	const heldId = entry?.isHeld ? entry.lastReadId : (awaited?.heldId ?? null);
	// Not the entry that was: what the reader has seen of that one is of the old past.
	ui.awaited = { at: (entry ?? awaited ?? { at: 0 }).at + 1, heldId };
	work.root.timelines = {
		[openChannelId]: { ...newTimeline(), isStale: true },
	};
	work.root.recent = [openChannelId];
}
