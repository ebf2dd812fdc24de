/** Every operation of the hub's HTTP API, by noun. */
import { accounts } from "./accounts.ts";
import type { Send } from "./client.ts";
import { hub } from "./hub.ts";
import { messages } from "./messages.ts";
import { channels, invites, servers } from "./servers.ts";

export function createApi(send: Send) {
	return {
		accounts: accounts(send),
		hub: hub(send),
		servers: servers(send),
		channels: channels(send),
		invites: invites(send),
		messages: messages(send),
	};
}

export type Api = ReturnType<typeof createApi>;
