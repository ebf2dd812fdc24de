/** The order of a server's channels: shown at once, sent one change after the other, undone when refused. */
import type { ChannelPlace, Id } from "@/api/types.ts";
import { ports } from "../ports.ts";
import type { State } from "../state.ts";
import { dispatchLocal, getState } from "../store.ts";

const sending = new Map<Id, Promise<void>>();

/** `order` is that of all channels that I see. Changes made while one is on its way become one. */
export function reorderChannels(
	serverId: Id,
	order: readonly Id[],
): Promise<void> {
	dispatchLocal({ do: "channels_arranged", serverId, order });
	const running = sending.get(serverId);
	if (running) return running;
	const begun = send(serverId).finally(() => sending.delete(serverId));
	sending.set(serverId, begun);
	return begun;
}

async function send(serverId: Id): Promise<void> {
	let sent: readonly Id[] | undefined;
	try {
		for (;;) {
			const order = getState().arranged[serverId]?.order;
			if (!order || order === sent) break;
			sent = order;
			const places = placesOf(getState(), serverId, order);
			await ports().api.channels.reorder(serverId, places);
		}
	} catch (error) {
		dispatchLocal({ do: "channels_settled", serverId, taken: false });
		throw error;
	}
	dispatchLocal({ do: "channels_settled", serverId, taken: true });
}

/** They share the places that they have: there may be channels between that I do not see. */
function placesOf(
	{ channels }: State,
	serverId: Id,
	order: readonly Id[],
): ChannelPlace[] {
	const known = channels.byServer[serverId] ?? [];
	const places = known
		.flatMap((id) => channels.byId[id]?.position ?? [])
		.toSorted((a, b) => a - b);
	const ids = order.filter((id) => channels.byId[id]);
	return ids.flatMap((id, index) => {
		const position = places[index];
		return position === undefined ? [] : [{ id, position }];
	});
}
