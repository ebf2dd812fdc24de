/**
 * What is painted before the hub has answered: the structure, and the end of
 * the last conversations. A cache; losing it costs a moment.
 */
import type { Id } from "@/api/types.ts";
import type { Db } from "@/lib/db.ts";
import { mayBeUser } from "@/lib/lastUser.ts";
import {
	initialState,
	type State,
	type Timeline,
	timelineWith,
} from "@/stores/state.ts";

/** Raised with every change of the stored parts of `State`. */
const version = 6;
const rowsMax = 50;
const saveAfterMs = 2000;

type Stored = Pick<
	State,
	| "session"
	| "hub"
	| "status"
	| "servers"
	| "channels"
	| "channelPermissions"
	| "tracks"
	| "timelines"
	| "recent"
	| "reads"
>;

/** The state to begin with, or null when there is none of any use. */
export async function restoreSnapshot(db: Db): Promise<Partial<State> | null> {
	const userId = await db.lastUser();
	if (userId === undefined) return null;
	// The database refused to forget or to learn an account (full, or closed by a newer tab's).
	if (!mayBeUser(userId)) {
		await db.wipe(userId, "writing").catch(() => {
			// Then at the next start.
		});
		return null;
	}
	const stored = await db.snapshot(userId);
	const drafts = await db.drafts(userId);
	if (!stored || stored.version !== version) return null;
	// Written by `snapshotOf` of the same version.
	const state = stored.state as Stored;
	if (state.session.status !== "signed_in") return null;
	return { ...state, drafts };
}

/** Saves what changes, a while after it has changed; returns how to stop. */
export function keepSnapshot(
	db: Db,
	userId: Id,
	getState: () => State,
	subscribe: (listener: () => void) => () => void,
): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const save = () => {
		timer = undefined;
		const state = getState();
		if (state.session.status !== "signed_in") return;
		db.saveSnapshot({ userId, version, state: snapshotOf(state) }).catch(() => {
			// A full disk costs the cache, nothing else.
		});
	};
	const unsubscribe = subscribe(() => {
		timer ??= setTimeout(save, saveAfterMs);
	});
	return () => {
		clearTimeout(timer);
		unsubscribe();
	};
}

/** The part of the state that is worth keeping. */
export function snapshotOf(state: State): Stored {
	const { session, hub, status, servers, channels, reads } = state;
	const timelines: Record<Id, Timeline> = {};
	for (const id of state.recent) {
		const timeline = state.timelines[id];
		const track = state.tracks[id];
		// Only the end of a conversation can be brought up to date by a sync.
		if (timeline?.status !== "ready" || timeline.hasNewer || timeline.isStale)
			continue;
		if (track?.last == null) continue;
		timelines[id] = endOf(timeline);
	}
	const recent = state.recent.filter((id) => timelines[id] !== undefined);
	const tracks = Object.fromEntries(
		Object.entries(state.tracks).map(([id, track]) => [
			id,
			{ ...track, floor: null, buffered: {} },
		]),
	);
	const cached =
		session.status === "signed_in"
			? { ...session, sessionId: null, isCached: true }
			: initialState.session;
	return {
		session: cached,
		hub,
		status,
		// Who comes back has no arrangement on its way: nothing would end it.
		servers: { ...servers, order: servers.kept ?? servers.order, kept: null },
		channels,
		channelPermissions: state.channelPermissions,
		reads,
		tracks,
		timelines,
		recent,
	};
}

function endOf({ byId, ids, hasOlder }: Timeline): Timeline {
	const rows = ids.slice(-rowsMax).flatMap((id) => byId[id] ?? []);
	return timelineWith(rows, { hasOlder: hasOlder || rows.length < ids.length });
}
