/**
 * What actions need from the outside: the hub's operations, the socket, the
 * outbox. The start of the client fills it in; stores know no transport.
 */
import type { Api } from "@/api/index.ts";
import type {
	AuthResponse,
	CommandMap,
	CommandName,
	Id,
	RowRange,
} from "@/api/types.ts";

export type Ports = {
	api: Api;
	/** Resolves with the hub's answer, rejects with `CommandError`. */
	command: <N extends CommandName>(
		name: N,
		body: CommandMap[N]["body"],
	) => Promise<CommandMap[N]["answer"]>;
	/** Begins a signed-in session with the answer of a sign-in. */
	begin: (auth: AuthResponse) => Promise<void>;
	/** Asks for a session once all is answered that was asked with the cookie of the one before. */
	inTurn: <T>(ask: () => Promise<T>) => Promise<T>;
	/**
	 * Signs out, as the user has asked: ends the session here and on the hub, wipes what this device
	 * stored of it but, if so told, the writing.
	 */
	leave: (keepsWriting: boolean) => Promise<void>;
	/** Renews the session now, and with it what the hub knows this device by. */
	renew: () => Promise<void>;
	/** Connects now instead of waiting for the next try. */
	reconnect: () => void;
	outbox: {
		/** Resolves when the message is stored on this device. */
		enqueue: (channelId: Id, content: string) => Promise<void>;
		retry: (channelId: Id, nonce: string) => Promise<void>;
		discard: (channelId: Id, nonce: string) => Promise<void>;
	};
	/** Says that one types, not more often than the hub wants to hear. */
	typing: (channelId: Id) => void;
	/** Remembers the draft on this device and tells other tabs. */
	saveDraft: (key: string, text: string) => void;
	/** The same, now: resolves when it is stored. */
	keepDraft: (key: string, text: string) => Promise<void>;
	/** Watches ranges of a member list until told otherwise. */
	watchMembers: (serverId: Id, ranges: RowRange[]) => void;
};

let filled: Ports | null = null;

export function fillPorts(ports: Ports): void {
	filled = ports;
}

export function ports(): Ports {
	if (!filled) throw new Error("the client has not been started");
	return filled;
}
