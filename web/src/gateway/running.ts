/** What runs for one signed-in account, and stops with it. */
import type { Id } from "@/api/types.ts";
import { sleep } from "@/lib/sleep.ts";
import {
	isCounting,
	loadNewer,
	loadRead,
	reloadWindow,
} from "@/stores/actions/history.ts";
import { keepHeldMark } from "@/stores/heldMark.ts";
import type { State } from "@/stores/state.ts";
import { dispatchLocal, getState, store, watch } from "@/stores/store.ts";
import { watchIdle } from "./idle.ts";
import type { Parts } from "./live.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { keepSnapshot } from "./snapshot.ts";

export type Running = { userId: Id; outbox: Outbox; stop: () => void };

const typingTickMs = 1000;

export function runAccount(parts: Parts, userId: Id): Running {
	const { connection, resync, watching, command, drafts, outside } = parts;
	const { db, tabs, now } = outside;
	const outbox = createOutbox({
		...outside,
		userId,
		command,
		getState,
		apply: parts.apply,
		canSend,
		nonce: newNonce,
		sleep,
	});
	const stops = [
		store.subscribe(() => {
			connection.check();
			// What is synced before the hub has heard of it is no gap: its answer says how far all has come.
			watching.check();
			resync.check();
		}),
		watch(
			(state) => state.connection.status,
			() => {
				if (canSend()) outbox.flush();
				retryOpenChannel();
			},
		),
		watch(uncounted, (channelId) => {
			if (channelId !== null && !isCounting(channelId))
				void loadRead(channelId);
		}),
		watch(
			(state) => state.trouble,
			(trouble) => {
				if (trouble !== null) return;
				outbox.hurry();
				// What keeps the connection waiting was the same.
				connection.happen({ what: "due" });
				retryOpenChannel();
			},
		),
		watch(
			({ ui }) => ui.awaited,
			(awaited) => {
				const { entry } = getState().ui;
				if (awaited === null && entry) void loadRead(entry.channelId);
			},
		),
		keepSnapshot(db, userId, getState, store.subscribe),
		watchIdle({ command, tabs, status: () => getState().status, now }),
		watchNetwork(parts),
		drafts.follow(userId),
		keepHeldMark(userId),
		expireTyping(now),
		outbox.stop,
		parts.renewal.stop,
		parts.members.stop,
	];
	outbox.restore().catch(() => {
		// What cannot be read now is still there at the next start.
	});
	drafts.restore(userId).catch(() => {
		// The same.
	});
	if (navigator.onLine) connection.happen({ what: "wanted" });
	return {
		userId,
		outbox,
		stop: () => {
			for (const stop of stops) stop();
		},
	};
}

function canSend(): boolean {
	const { status } = getState().connection;
	return status === "syncing" || status === "live";
}

/** What could not be loaded without network, or of a hub that was restored, is what the reader waits for. */
function retryOpenChannel(): void {
	const { connection, ui, timelines } = getState();
	const { openChannelId } = ui;
	if (connection.status !== "live" || openChannelId === null) return;
	const timeline = timelines[openChannelId];
	if (!timeline || timeline.loads > 0) return;
	const { status, hasNewer, hasFailedNewer } = timeline;
	if (status === "ready" && !(hasNewer && hasFailedNewer)) return;
	const load = status === "ready" ? loadNewer : reloadWindow;
	load(openChannelId).catch(() => {
		// It says that it failed, and offers to try again.
	});
}

/**
 * The open channel, if it is not known how much is new in it: more was missed than was counted, or a page
 * has shown that more was said. Asked when the page is there, since that would undo the answer.
 */
function uncounted({ connection, ui, reads, timelines }: State): Id | null {
	const { channelId } = ui.entry ?? {};
	if (connection.status !== "live" || channelId === undefined) return null;
	if (timelines[channelId]?.loads !== 0) return null;
	return reads[channelId]?.unread === null ? channelId : null;
}

function watchNetwork({ connection }: Parts): () => void {
	const onOnline = () => connection.happen({ what: "wanted" });
	const onOffline = () => connection.happen({ what: "unwanted" });
	window.addEventListener("online", onOnline);
	window.addEventListener("offline", onOffline);
	return () => {
		window.removeEventListener("online", onOnline);
		window.removeEventListener("offline", onOffline);
	};
}

function expireTyping(now: () => number): () => void {
	const timer = setInterval(() => {
		if (Object.keys(getState().typing).length > 0)
			dispatchLocal({ do: "typing_expired", now: now() });
	}, typingTickMs);
	return () => clearInterval(timer);
}

/** Browsers give UUIDs only to secure pages; a hub in a LAN may not be one. */
function newNonce(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
		"",
	);
}
