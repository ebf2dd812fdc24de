/** The order of a server's channels: shown at once, sent one change after the other, undone when refused. */
import type { ChannelPlace, Id } from "@/api/types.ts";
import { onForget, sameAccount } from "@/lib/forget.ts";
import { ports } from "../ports.ts";
import type { State } from "../state.ts";
import { dispatchLocal, getState } from "../store.ts";
import { goneFrom } from "./gone.ts";

const sending = new Map<Id, Promise<void>>();
onForget(() => sending.clear());

/** `order` is that of all channels that I see. Changes made while one is on its way become one. */
export function reorderChannels(
	serverId: Id,
	order: readonly Id[],
): Promise<void> {
	dispatchLocal({ do: "channels_arranged", serverId, order });
	const running = sending.get(serverId);
	if (running) return running;
	const begun = send(serverId);
	sending.set(serverId, begun);
	return begun;
}

async function send(serverId: Id): Promise<void> {
	const isMine = sameAccount();
	let sent: readonly Id[] | undefined;
	const gone = new Set<Id>();
	try {
		for (;;) {
			const order = getState().arranged[serverId]?.order;
			if (!order || order === sent) break;
			const ids = order.filter((id) => !gone.has(id));
			const places = placesOf(getState(), serverId, ids);
			// What was deleted meanwhile is no reason to undo what became of the others.
			if (await isTaken(serverId, places, gone)) sent = order;
		}
	} catch (error) {
		if (isMine()) {
			sending.delete(serverId);
			dispatchLocal({ do: "channels_settled", serverId, taken: false });
		}
		throw error;
	}
	sending.delete(serverId);
	dispatchLocal({ do: "channels_settled", serverId, taken: true });
}

/** False when some of them are gone, which are added to `gone`; throws what else is refused. */
async function isTaken(
	serverId: Id,
	places: readonly ChannelPlace[],
	gone: Set<Id>,
): Promise<boolean> {
	try {
		await ports().api.channels.reorder(serverId, places);
		return true;
	} catch (error) {
		const lost = goneFrom(error, "channels");
		const ids = places.flatMap(({ id }, at) => (lost.has(at) ? [id] : []));
		if (ids.length === 0) throw error;
		for (const id of ids) gone.add(id);
		return false;
	}
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
