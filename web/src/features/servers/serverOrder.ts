import type { Id } from "@/api/types.ts";
import { formats, getLocale, t } from "@/i18n/index.ts";
import { moved } from "@/lib/moved.ts";
import { getState, reorderServers } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { attempt } from "@/ui/tellFault.ts";

/** Moves a server by so many places in the rail, says where it is now, and undoes a refusal. */
export async function moveServer(serverId: Id, by: number): Promise<void> {
	const { order, byId } = getState().servers;
	const from = order.indexOf(serverId);
	const to = Math.min(Math.max(from + by, 0), order.length - 1);
	if (from < 0 || to === from) return;
	const sent = reorderServers(moved(order, from, to));
	const { number } = formats(getLocale());
	announce(
		t().servers.moved(
			byId[serverId]?.name ?? "",
			number(to + 1),
			number(order.length),
		),
	);
	await attempt(["serversMoved"], t().notDone.serversMoved, sent);
}
