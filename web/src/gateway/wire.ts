/**
 * The socket, as the rest of the gateway sees it. The only file that knows
 * Socket.IO. It neither retries nor keeps anything back: both are decided
 * elsewhere.
 */
import { io } from "socket.io-client";
import * as v from "valibot";
import type { ChosenStatus, CommandName, EventName, Id } from "@/api/types.ts";

export type WireHandlers = {
	/** `name` may be one that this client does not know. */
	onEvent: (name: EventName, data: unknown) => void;
	onClosed: () => void;
	onRefused: (code: string, retryAfterMs: number | null) => void;
};

export type Wire = {
	/**
	 * `status` is the own one as it is known here: the hub may have forgotten it. `watch`: the channels
	 * whose events shall come whole.
	 */
	open: (token: string, status: ChosenStatus, watch: readonly Id[]) => void;
	close: () => void;
	isOpen: () => boolean;
	/** Resolves with the raw acknowledgement; rejects when none came in time. */
	send: (
		name: CommandName,
		body: object,
		timeoutMs: number,
	) => Promise<unknown>;
};

const refusal = v.object({
	code: v.string(),
	retry_after_ms: v.optional(v.nullable(v.number())),
});

/**
 * What the handshake carries: the token with half of its signature. It shows the
 * hub whose the handshake is, so that strangers behind the same address cannot
 * take its place, and addresses may be logged: nobody can sign in with half.
 */
function ticket(token: string): string {
	const signature = token.lastIndexOf(".") + 1;
	return token.slice(0, signature + 22);
}

export function createWire(handlers: WireHandlers): Wire {
	let auth: { token: string; status?: ChosenStatus; watch?: readonly Id[] } = {
		token: "",
	};
	const socket = io({
		autoConnect: false,
		reconnection: false,
		transports: ["websocket", "polling"],
		tryAllTransports: true,
		timeout: 10_000,
		auth: (give) => give(auth),
	});
	socket.onAny((name: EventName, data: unknown) =>
		handlers.onEvent(name, data),
	);
	socket.on("disconnect", (reason) => {
		// What this side closed on purpose is no news.
		if (reason !== "io client disconnect") handlers.onClosed();
	});
	socket.on("connect_error", (error) => {
		const read = v.safeParse(refusal, "data" in error ? error.data : null);
		// The hub leaves the transport open after a refusal.
		socket.disconnect();
		if (read.success)
			handlers.onRefused(read.output.code, read.output.retry_after_ms ?? null);
		else handlers.onClosed();
	});
	return {
		open(token, status, watch) {
			auth = { token, status, watch };
			socket.io.opts.query = { ticket: ticket(token) };
			socket.disconnect();
			socket.connect();
		},
		close: () => {
			socket.disconnect();
		},
		isOpen: () => socket.connected,
		send: (name, body, timeoutMs) =>
			socket.timeout(timeoutMs).emitWithAck(name, body),
	};
}
