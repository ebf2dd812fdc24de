/**
 * Drives the connection: carries out what the machine orders, feeds events
 * into the queue, and says when everything that was kept is up to date.
 */
import { waitOf } from "@/api/errors.ts";
import { isEventName } from "@/api/events.ts";
import type { EndReason, EventMap, HubEvent, Id } from "@/api/types.ts";
import type { Input } from "@/stores/inputs.ts";
import type { State } from "@/stores/state.ts";
import { type Happening, next, type Order } from "./machine.ts";
import { isOver } from "./over.ts";
import type { Queue } from "./queue.ts";
import type { Watching } from "./watching.ts";
import type { Wire, WireHandlers } from "./wire.ts";

/**
 * The hub goes on without a server that it cannot read, and a channel may be unreadable, too: who
 * has got no further for so long has what there is. The rest comes when the hub tells it.
 */
const PATIENCE_MS = 15_000;

export type ConnectionParts = {
	makeWire: (handlers: WireHandlers) => Wire;
	queue: Queue;
	getState: () => State;
	dispatch: (input: Input) => void;
	/** A token that is good for a while. */
	fresh: () => Promise<string>;
	/** Another token than the present one, which was refused. */
	renew: () => Promise<string>;
	/** Whom the client runs for. */
	userId: () => Id | null;
	watching: Pick<Watching, "begin" | "renew">;
	/** The session is over, for this reason if the hub gave one. */
	onEnded: (reason: EndReason) => void;
	/** A new connection has begun; its token is good until then. */
	onReady: (expiresAt: number) => void;
	now: () => number;
	random: () => number;
};

export type ConnectionDriver = {
	wire: Wire;
	happen: (happening: Happening) => void;
	/**
	 * The hub has answered nothing for long: whatever its socket says of itself, another one is
	 * needed. The socket alone would notice a minute later.
	 */
	giveUp: () => void;
	/** Call after every change of the store. */
	check: () => void;
};

export function createConnection(parts: ConnectionParts): ConnectionDriver {
	/** Servers whose structure and reading positions have not come yet. */
	let expected = new Set<Id>();
	let timer: ReturnType<typeof setTimeout> | undefined;
	let patience: ReturnType<typeof setTimeout> | undefined;
	/** The least that was missing since the hub's last answer. */
	let least = Number.POSITIVE_INFINITY;
	/** The hub's generation when the connection began. */
	let generation: number | undefined;
	/** Counts the orders to open: the answer to an earlier one is void. */
	let attempt = 0;

	const happen = (happening: Happening) => {
		parts.queue.flush();
		const chance = { now: parts.now(), random: parts.random() };
		const step = next(parts.getState().connection, happening, chance);
		parts.dispatch({
			kind: "local",
			change: { do: "connection", connection: step.connection },
		});
		if (step.connection.status !== "syncing") clearTimeout(patience);
		for (const order of step.orders) carryOut(order);
	};

	const carryOut = (order: Order) => {
		clearTimeout(timer);
		switch (order.order) {
			case "open":
				return void open(parts.fresh);
			case "renew_and_open":
				return void open(parts.renew);
			case "close":
				attempt += 1;
				return wire.close();
			case "wake": {
				const wait = order.at - parts.now();
				timer = setTimeout(() => happen({ what: "due" }), wait);
				return;
			}
			case "end":
				return parts.onEnded("expired");
		}
	};

	const open = async (getToken: () => Promise<string>) => {
		attempt += 1;
		const mine = attempt;
		try {
			const token = await getToken();
			if (mine !== attempt) return;
			wire.open(token, parts.getState().status, parts.watching.begin());
		} catch (error) {
			if (mine !== attempt) return;
			if (isOver(error)) parts.onEnded("expired");
			else happen({ what: "closed", retryAfterMs: waitOf(error) });
		}
	};

	const onEvent = (event: HubEvent) => {
		if (event.name === "session_ended") return onSessionEnded(event.data);
		// Whatever led here: what one account has written must not leave in the name of another.
		if (event.name === "ready" && event.data.me.id !== parts.userId())
			return parts.onEnded("expired");
		// What was read until where comes with the same, as of later: until then nothing can be new.
		if (event.name === "heads" && expected.has(event.data.server_id)) return;
		if (event.name === "ready") generation = event.data.hub.generation;
		parts.watching.renew(movedBy(event));
		if (STRUCTURAL.has(event.name)) least = Number.POSITIVE_INFINITY;
		if (event.name === "server_reads" || event.name === "server_removed")
			expected.delete(event.data.server_id);
		parts.queue.push({ kind: "event", event, at: parts.now() });
		if (event.name === "ready") {
			expected = new Set(event.data.servers.map((server) => server.id));
			happen({ what: "ready" });
			parts.onReady(event.data.expires_at);
		}
	};

	const onSessionEnded = ({ reason }: EventMap["session_ended"]) => {
		// An access token that ran out while the device slept is no end: the
		// refresh cookie decides. The same goes for reasons of newer hubs.
		if (FINAL.has(reason)) parts.onEnded(reason);
	};

	const wire = parts.makeWire({
		onEvent: (name, data) => {
			// The contract's types are the hub's own; see `api/client.ts`.
			if (isEventName(name)) onEvent({ name, data } as HubEvent);
		},
		onClosed: () => happen({ what: "closed" }),
		onRefused: (code, retryAfterMs) =>
			happen({ what: "refused", code, retryAfterMs }),
	});

	const giveUp = () => {
		const { status } = parts.getState().connection;
		if (status !== "live" && status !== "syncing") return;
		wire.close();
		happen({ what: "closed" });
	};

	return {
		wire,
		happen,
		giveUp,
		check() {
			const state = parts.getState();
			// Only a new connection brings all of another past.
			if (state.hub && state.hub.generation !== generation) return giveUp();
			if (state.connection.status !== "syncing") return;
			const missing = expected.size + changesBehind(state);
			if (missing === 0) return happen({ what: "caught_up" });
			if (missing >= least) return;
			least = missing;
			clearTimeout(patience);
			patience = setTimeout(happen, PATIENCE_MS, { what: "caught_up" });
		},
	};
}

/** What the hub answers a new connection with, piece by piece. */
const STRUCTURAL: ReadonlySet<string> = new Set([
	"ready",
	"server_state",
	"server_channels",
	"server_reads",
]);

/** Why a session is over for good. */
const FINAL: ReadonlySet<EndReason> = new Set([
	"signed_out",
	"revoked",
	"password_changed",
	"too_many",
	"token_reused",
	"unknown",
]);

/** The channels that the hub shows by it, or hides: those it watches no more, and these it may not watch yet. */
function movedBy({ name, data }: HubEvent): readonly Id[] {
	switch (name) {
		case "channel_created":
			return [data.channel.id];
		case "server_state":
		case "server_channels":
			return data.channels.map(({ id }) => id);
		case "rights_updated":
			return [...data.hidden, ...data.shown.map(({ id }) => id)];
		default:
			return [];
	}
}

/** How many changes of kept channels are known to be, and not here. */
function changesBehind({ tracks, timelines, recent }: State): number {
	return recent.reduce((sum, id) => {
		const track = tracks[id];
		if (!track || !timelines[id] || track.last === null) return sum;
		return sum + track.head - track.last;
	}, 0);
}
