/**
 * Where the reader was last, per server and in all; kept on this device, and for the account that
 * was there alone: another one begins anew.
 */
import type { Id } from "@/api/types.ts";
import { paths } from "@/lib/paths.ts";
import { getState, type State, selectMe } from "@/stores/index.ts";

const KEY = "battala.last";

type Last = { serverId: Id | null; channels: Record<Id, Id> };

function myId(): Id | null {
	return selectMe(getState())?.id ?? null;
}

function read(): Last {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
		if (
			typeof value === "object" &&
			value !== null &&
			"userId" in value &&
			value.userId === myId() &&
			"channels" in value &&
			"serverId" in value
		)
			return {
				serverId: typeof value.serverId === "string" ? value.serverId : null,
				channels: Object.fromEntries(
					Object.entries(value.channels ?? {}).filter(
						(pair): pair is [string, string] => typeof pair[1] === "string",
					),
				),
			};
	} catch {
		// Broken or closed storage: the reader begins at the first server.
	}
	return { serverId: null, channels: {} };
}

export function rememberChannel(serverId: Id, channelId: Id): void {
	const { channels } = read();
	try {
		localStorage.setItem(
			KEY,
			JSON.stringify({
				userId: myId(),
				serverId,
				channels: { ...channels, [serverId]: channelId },
			}),
		);
	} catch {
		// See above.
	}
}

export function lastChannelOf(serverId: Id): Id | undefined {
	return read().channels[serverId];
}

/**
 * Where the hub opens: the last server, and on wide screens its last channel, if it is still known;
 * a server without a chosen channel finds another. Home, where there is no server.
 */
export function lastPlace(
	{ servers: { order }, channels: known }: Pick<State, "servers" | "channels">,
	isPhone: boolean,
): string {
	const { serverId, channels } = read();
	const server = order.find((id) => id === serverId) ?? order[0];
	if (server === undefined) return paths.home;
	const channel = channels[server];
	return channel && known.byId[channel]?.server_id === server && !isPhone
		? paths.channel(server, channel)
		: paths.server(server);
}
