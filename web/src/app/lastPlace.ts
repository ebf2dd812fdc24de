/**
 * Where the reader was last, per server and in all; kept on this device for each of the accounts that
 * were there last, so that none begins where another was.
 */
import type { Id } from "@/api/types.ts";
import { paths } from "@/lib/paths.ts";
import { getState, type State, selectMe } from "@/stores/index.ts";

const KEY = "battala.last";
const ACCOUNTS_MAX = 5;

type Last = { userId: Id; serverId: Id | null; channels: Record<Id, Id> };

/** Of all accounts, the one that was there last at the end. */
function readAll(): Last[] {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
		// Earlier clients kept one account.
		return [value].flat().flatMap((one) => lastOf(one) ?? []);
	} catch {
		// Broken or closed storage: the reader begins at the first server.
		return [];
	}
}

function lastOf(value: unknown): Last | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const { userId, serverId, channels }: Partial<Record<keyof Last, unknown>> =
		value;
	if (typeof userId !== "string") return undefined;
	return {
		userId,
		serverId: typeof serverId === "string" ? serverId : null,
		channels: Object.fromEntries(
			Object.entries(channels ?? {}).filter(
				(pair): pair is [string, string] => typeof pair[1] === "string",
			),
		),
	};
}

function myId(): Id | null {
	return selectMe(getState())?.id ?? null;
}

function read(): Pick<Last, "serverId" | "channels"> {
	const userId = myId();
	const mine = readAll().find((one) => one.userId === userId);
	return mine ?? { serverId: null, channels: {} };
}

export function rememberChannel(serverId: Id, channelId: Id): void {
	const userId = myId();
	if (userId === null) return;
	const others = readAll().filter((one) => one.userId !== userId);
	const channels = { ...read().channels, [serverId]: channelId };
	const all = [...others, { userId, serverId, channels }];
	try {
		localStorage.setItem(KEY, JSON.stringify(all.slice(-ACCOUNTS_MAX)));
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
