/**
 * The connection as a state machine: what happens next, given what happened.
 * Pure; time and chance are inputs, what it wants done is its output.
 */
import { backoffMs } from "@/lib/backoff.ts";
import type { Connection } from "@/stores/state.ts";

export type Happening =
	/** Someone is signed in, or the device has network again. */
	| { what: "wanted" }
	/** Nobody is signed in, or the device has lost its network. */
	| { what: "unwanted" }
	/** The hub has said `ready`. */
	| { what: "ready" }
	/** Everything that was kept is up to date again. */
	| { what: "caught_up" }
	/** No connection came about, or it is gone; the hub may have said how long to wait. */
	| { what: "closed"; retryAfterMs?: number | null }
	| { what: "refused"; code: string; retryAfterMs: number | null }
	/** The wait before the next try is over, or the user does not want to wait. */
	| { what: "due" };

export type Order =
	/** Open a new connection with a good token. */
	| { order: "open" }
	/** The token is not accepted: get another, then open. */
	| { order: "renew_and_open" }
	| { order: "close" }
	/** Say `due` at this time. */
	| { order: "wake"; at: number }
	/** The session is over. */
	| { order: "end" };

export type Step = { connection: Connection; orders: Order[] };

type Chance = { now: number; random: number };

export function next(
	connection: Connection,
	happening: Happening,
	chance: Chance,
): Step {
	const stay: Step = { connection, orders: [] };
	switch (happening.what) {
		case "unwanted":
			if (connection.status === "offline") return stay;
			return {
				connection: { status: "offline" },
				orders: [{ order: "close" }],
			};
		case "wanted":
			if (connection.status === "offline") return opening(connection);
			return isWaiting(connection) ? opening(connection) : stay;
		case "due":
			return isWaiting(connection) ? opening(connection) : stay;
		case "ready":
			if (connection.status === "offline") return stay;
			return { connection: { status: "syncing" }, orders: [] };
		case "caught_up":
			if (connection.status !== "syncing") return stay;
			return { connection: { status: "live" }, orders: [] };
		case "closed":
			if (connection.status === "offline" || isWaiting(connection)) return stay;
			return waiting(connection, happening.retryAfterMs ?? null, chance);
		case "refused":
			if (connection.status === "offline") return stay;
			return refused(connection, happening, chance);
	}
}

function opening(connection: Connection): Step {
	// A retry keeps its number and its beginning until it has succeeded.
	const isRetry = connection.status === "reconnecting";
	return {
		connection: isRetry
			? { ...connection, retryAt: 0 }
			: { status: "connecting" },
		orders: [{ order: "open" }],
	};
}

function waiting(
	connection: Connection,
	retryAfterMs: number | null,
	{ now, random }: Chance,
): Step {
	const before =
		connection.status === "reconnecting"
			? connection
			: { attempt: 0, since: now };
	const attempt = before.attempt + 1;
	const wait = Math.max(backoffMs(attempt, random), retryAfterMs ?? 0);
	const retryAt = now + wait;
	return {
		connection: {
			status: "reconnecting",
			attempt,
			retryAt,
			since: before.since,
		},
		orders: [{ order: "wake", at: retryAt }],
	};
}

function refused(
	connection: Connection,
	{ code, retryAfterMs }: { code: string; retryAfterMs: number | null },
	chance: Chance,
): Step {
	switch (code) {
		case "session_ended":
			return { connection: { status: "offline" }, orders: [{ order: "end" }] };
		case "unauthenticated": {
			const step = waiting(connection, retryAfterMs, chance);
			if (step.connection.status !== "reconnecting") return step;
			// A new token may be all that it takes. Where that is refused as well, wait.
			if (connection.status === "reconnecting" && connection.isRenewed)
				return step;
			const renewing = { ...step.connection, retryAt: 0, isRenewed: true };
			return { connection: renewing, orders: [{ order: "renew_and_open" }] };
		}
		case "limit_reached":
			return full(Math.max(retryAfterMs ?? 0, FULL_MS), chance);
		default:
			return waiting(connection, retryAfterMs, chance);
	}
}

/** Connections whose lines are gone end within some 45 s, by the hub's own pings. */
const FULL_MS = 30_000;

function full(wait: number, { now }: Chance): Step {
	const retryAt = now + wait;
	return {
		connection: { status: "refused", retryAt },
		orders: [{ order: "wake", at: retryAt }],
	};
}

/** Whether nothing happens until the time comes or the user asks for it. */
function isWaiting(connection: Connection): boolean {
	if (connection.status === "refused") return true;
	return connection.status === "reconnecting" && connection.retryAt > 0;
}
