/**
 * My own order of the servers. What I arrange shows at once; what the hub says meanwhile is kept,
 * so that a refusal leads back to it and an older event does not move a tile that I am moving.
 */
import type { EventMap, Id } from "@/api/types.ts";
import type { Work } from "../work.ts";

/** The order that a new connection begins with. */
export function setServerOrder(work: Work, order: readonly Id[]): void {
	const servers = work.at(work.root, "servers");
	if (servers.kept) servers.kept = [...order];
	else servers.order = [...order];
}

export function applyServerOrder(
	work: Work,
	{ server_ids, rev }: EventMap["servers_reordered"],
): void {
	if (rev < work.root.servers.orderRev) return;
	work.at(work.root, "servers").orderRev = rev;
	setServerOrder(work, known(work, server_ids));
}

export function arrange(work: Work, order: readonly Id[]): void {
	const servers = work.at(work.root, "servers");
	servers.kept ??= servers.order;
	servers.order = known(work, order);
}

/** The hub has answered: its order if it took mine, else the one from before. */
export function settle(work: Work, order: readonly Id[] | null): void {
	const servers = work.at(work.root, "servers");
	const next = order ?? servers.kept;
	servers.kept = null;
	if (next) servers.order = known(work, next);
}

/** Without servers that are gone; those it does not name stay behind, in their order. */
function known(work: Work, order: readonly Id[]): Id[] {
	const { byId, order: shown } = work.root.servers;
	const named = new Set(order);
	return [...named, ...shown.filter((id) => !named.has(id))].filter(
		(id) => byId[id] !== undefined,
	);
}
