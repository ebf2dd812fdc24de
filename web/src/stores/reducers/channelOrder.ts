/**
 * The order of a server's channels while I change it. What I arrange shows at once and lies over
 * the hub's order, which events alone change, until the hub has told its own after taking mine.
 */
import type { Id } from "@/api/types.ts";
import type { Work } from "../work.ts";

export function arrangeChannels(
	work: Work,
	serverId: Id,
	order: readonly Id[],
): void {
	if (!work.root.channels.byServer[serverId]) return;
	const arranged = work.at(work.root, "arranged");
	arranged[serverId] = { order, isAnswered: false, isTold: false };
}

/** The hub has answered; without having taken it, its own order shows again. */
export function settleChannels(work: Work, serverId: Id, taken: boolean): void {
	const entry = work.root.arranged[serverId];
	if (!entry) return;
	const { order, isTold } = entry;
	const hub = work.root.channels.byServer[serverId] ?? [];
	const isSame = hub.every((id, index) => order[index] === id);
	if (!taken || isTold || isSame) dropArrangement(work, serverId);
	else {
		const arranged = work.at(work.root, "arranged");
		arranged[serverId] = { ...entry, isAnswered: true };
	}
}

/** The hub has told its order. */
export function tellChannels(work: Work, serverId: Id): void {
	const entry = work.root.arranged[serverId];
	if (!entry) return;
	if (entry.isAnswered) return dropArrangement(work, serverId);
	work.at(work.root, "arranged")[serverId] = { ...entry, isTold: true };
}

export function dropArrangement(work: Work, serverId: Id): void {
	if (work.root.arranged[serverId])
		delete work.at(work.root, "arranged")[serverId];
}
