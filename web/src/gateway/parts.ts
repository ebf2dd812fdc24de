/**
 * Puts the parts of the gateway together. They live as long as the page;
 * what belongs to one account is in `running.ts`.
 */
import { createSend } from "@/api/client.ts";
import { createApi } from "@/api/index.ts";
import { createTokens, type Tokens } from "@/api/token.ts";
import type { AuthResponse, EndReason } from "@/api/types.ts";
import type { Db } from "@/lib/db.ts";
import type { Lock } from "@/lib/locks.ts";
import type { Tabs } from "@/lib/tabs.ts";
import { reloadWindow } from "@/stores/actions/history.ts";
import type { Input } from "@/stores/inputs.ts";
import { dispatch, getState } from "@/stores/store.ts";
import { createCommand } from "./commands.ts";
import { createConnection } from "./connection.ts";
import { createDrafts } from "./drafts.ts";
import { createMembers } from "./members.ts";
import { createQueue } from "./queue.ts";
import { createRenewal } from "./renewal.ts";
import { createResync } from "./resync.ts";
import { createTyping } from "./typing.ts";
import { createWire, type Wire, type WireHandlers } from "./wire.ts";

/** The world outside: storage, other tabs, network, time and chance. */
export type Outside = {
	db: Db;
	tabs: Tabs;
	lock: Lock;
	fetcher: typeof fetch;
	/** Renews by the refresh cookie. */
	refresh: () => Promise<AuthResponse>;
	/** Milliseconds since 1970, by this device and by the hub. */
	now: () => number;
	hubNow: () => number;
	random: () => number;
	makeWire?: (handlers: WireHandlers) => Wire;
};

export type Parts = ReturnType<typeof createParts>;

export function createParts(
	outside: Outside,
	onEnded: (reason: EndReason) => void,
) {
	const { db, tabs, now, random } = outside;
	const tokens = createSharedTokens(outside);
	const queue = createQueue((inputs) => dispatch(...inputs));
	/** Answers of commands come after the events that came before them. */
	const apply = (input: Input) => {
		queue.flush();
		dispatch(input);
	};
	const current = () => tokens.current()?.access_token ?? null;
	const connection = createConnection({
		makeWire: outside.makeWire ?? createWire,
		queue,
		getState,
		dispatch,
		fresh: async () => (await tokens.fresh()).access_token,
		renew: async () => (await tokens.renew(current())).access_token,
		onEnded,
		onReady: (expiresAt) => {
			renewal.schedule(expiresAt);
			members.renew();
		},
		now,
		random,
	});
	const command = createCommand(connection.wire);
	const renewal = createRenewal({
		command,
		current,
		renew: tokens.renew,
		now: outside.hubNow,
		onEnded: () => onEnded("expired"),
	});
	const members = createMembers(command);
	const resync = createResync({
		getState,
		apply,
		command,
		reload: reloadWindow,
		sleep,
		random,
	});
	return {
		outside,
		tokens,
		api: createApi(createSend(outside.fetcher, tokens)),
		queue,
		apply,
		connection,
		command,
		renewal,
		members,
		resync,
		typing: createTyping(command, now),
		drafts: createDrafts(db, tabs),
	};
}

function createSharedTokens(outside: Outside): Tokens {
	const { refresh, hubNow, lock, tabs } = outside;
	return createTokens({
		refresh,
		now: hubNow,
		lock,
		channel: {
			post: (auth) => tabs.post({ kind: "token", auth }),
			listen: (heard) => {
				tabs.listen((message) => {
					if (message.kind === "token") heard(message.auth);
				});
			},
		},
	});
}

export function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
