/**
 * The parts of the gateway that a signed-in page needs, put together: a chunk
 * of its own, so that the sign-in page is small. They live as long as the page;
 * what belongs to one account is in `running.ts`.
 */
import type { Tokens } from "@/api/token.ts";
import type { EndReason, Id } from "@/api/types.ts";
import { sleep } from "@/lib/sleep.ts";
import { reloadWindow } from "@/stores/actions/history.ts";
import type { Input } from "@/stores/inputs.ts";
import { dispatch, getState } from "@/stores/store.ts";
import { type Command, createCommand } from "./commands.ts";
import { createConnection } from "./connection.ts";
import type { Drafts } from "./drafts.ts";
import type { Members } from "./members.ts";
import type { Outside } from "./outside.ts";
import { createQueue } from "./queue.ts";
import { createRenewal } from "./renewal.ts";
import { createResync } from "./resync.ts";
import { type Running, runAccount } from "./running.ts";
import type { Troubles } from "./trouble.ts";
import { createTyping } from "./typing.ts";
import { createWatching } from "./watching.ts";
import { createWire } from "./wire.ts";

export type Parts = ReturnType<typeof createParts>;

export type Live = {
	parts: Parts;
	run: (userId: Id) => Running;
};

/** What is there from the start, signed in or not. */
export type Base = {
	outside: Outside;
	tokens: Tokens;
	troubles: Troubles;
	members: Members;
	drafts: Drafts;
	/** Whom the client runs for. */
	userId: () => Id | null;
	/** The session is over, for this reason if the hub gave one. */
	onEnded: (reason: EndReason) => void;
};

export function createLive(base: Base): Live {
	const parts = createParts(base);
	return { parts, run: (userId) => runAccount(parts, userId) };
}

function createParts(base: Base) {
	const { outside, tokens, troubles, members, onEnded } = base;
	const { now, random } = outside;
	const queue = createQueue((inputs) => dispatch(...inputs));
	/** Answers of commands come after the events that came before them. */
	const apply = (input: Input) => {
		queue.flush();
		dispatch(input);
	};
	const current = () => tokens.current()?.access_token ?? null;
	const makeWire = outside.makeWire ?? createWire;
	const connection = createConnection({
		makeWire: (handlers) =>
			makeWire({
				...handlers,
				onRefused: (code, retryAfterMs) => {
					troubles.notice(code);
					handlers.onRefused(code, retryAfterMs);
				},
			}),
		queue,
		getState,
		dispatch,
		fresh: async () => (await tokens.fresh()).access_token,
		renew: async () => (await tokens.renew(current())).access_token,
		userId: base.userId,
		watching: {
			begin: () => watching.begin(),
			renew: (ids) => watching.renew(ids),
		},
		onEnded,
		onReady: (expiresAt) => {
			renewal.schedule(expiresAt);
			members.renew();
		},
		now,
		random,
	});
	const send = createCommand(connection.wire);
	const command: Command = (name, body) => troubles.hear(send(name, body));
	const renewal = createRenewal({
		command,
		current,
		renew: tokens.renew,
		now: outside.hubNow,
		onEnded: () => onEnded("expired"),
	});
	const asking = { getState, apply, command, sleep, random };
	const watching = createWatching(asking);
	const resync = createResync({ ...asking, reload: reloadWindow });
	return {
		...base,
		queue,
		apply,
		connection,
		command,
		renewal,
		resync,
		watching,
		typing: createTyping(command, now),
	};
}
