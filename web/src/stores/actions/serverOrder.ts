/** The order of my servers: shown at once, sent one change after the other, undone when refused. */
import type { Id, Server } from "@/api/types.ts";
import { onForget, sameAccount } from "@/lib/forget.ts";
import { ports } from "../ports.ts";
import { dispatchLocal } from "../store.ts";
import { goneFrom } from "./gone.ts";

let wanted: readonly Id[] | null = null;
let sending: Promise<void> | null = null;
onForget(() => {
	wanted = null;
	sending = null;
});

/** `order` is that of every server that I know of. Changes made while one is on its way become one. */
export function reorderServers(order: readonly Id[]): Promise<void> {
	dispatchLocal({ do: "servers_arranged", order });
	wanted = order;
	sending ??= send();
	return sending;
}

/** Without those that I am not in any more: they are no reason to undo what became of the others. */
async function reorder(order: readonly Id[]): Promise<readonly Server[]> {
	try {
		return (await ports().api.servers.reorder(order)).items;
	} catch (error) {
		const gone = goneFrom(error, "servers");
		const left = order.filter((_, at) => !gone.has(at));
		if (left.length === order.length) throw error;
		return reorder(left);
	}
}

async function send(): Promise<void> {
	const isMine = sameAccount();
	let items: readonly Server[] = [];
	try {
		while (wanted) {
			const order = wanted;
			wanted = null;
			items = await reorder(order);
		}
	} catch (error) {
		if (isMine()) {
			[wanted, sending] = [null, null];
			dispatchLocal({ do: "servers_settled", order: null });
		}
		throw error;
	}
	sending = null;
	dispatchLocal({ do: "servers_settled", order: items.map(({ id }) => id) });
}
