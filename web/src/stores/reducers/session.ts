/** Who is signed in, and what a new connection or an end of it means. */
import type { EndReason, EventMap, HubInfo, Me } from "@/api/types.ts";
import { initialState } from "../state.ts";
import type { Work } from "../work.ts";
import { beginOtherPast } from "./past.ts";
import { forgetRevs } from "./reads.ts";
import { setServers } from "./servers.ts";
import { noteFloors } from "./tracks.ts";
import { learnUser } from "./users.ts";

export function beginConnection(work: Work, ready: EventMap["ready"]): void {
	setHub(work, ready.hub);
	noteFloors(work);
	forgetRevs(work);
	// Profiles may have changed meanwhile; rows carry their author until told.
	work.root.users = {};
	work.root.members = {};
	work.root.typing = {};
	signIn(work, ready.me, ready.session_id);
	work.root.status = ready.status;
	setServers(work, ready.servers);
}

export function signIn(work: Work, me: Me, sessionId: string): void {
	const { session } = work.root;
	if (session.status === "signed_in" && session.me.id !== me.id)
		forgetAccount(work);
	work.root.session = { status: "signed_in", me, sessionId, isCached: false };
	learnUser(work, publicOf(me));
}

/** Nothing of the account stays in memory. */
export function signOut(
	work: Work,
	reason: EndReason | null,
	isKept = false,
): void {
	forgetAccount(work);
	work.root.session = { status: "signed_out", reason, isKept };
}

function forgetAccount(work: Work): void {
	// These are the hub's, whoever is signed in.
	const { hub, trouble } = work.root;
	Object.assign(work.root, initialState, { hub, trouble });
}

export function setMe(work: Work, me: Me): void {
	const { session } = work.root;
	if (session.status !== "signed_in" || session.me.id !== me.id) return;
	if (session.me.rev > me.rev) return;
	work.root.session = { ...session, me };
	learnUser(work, publicOf(me));
}

export function setHub(work: Work, hub: HubInfo): void {
	const known = work.root.hub;
	work.root.hub = hub;
	if (known && known.generation !== hub.generation) beginOtherPast(work);
}

function publicOf(me: Me) {
	const { id, username, display_name, avatar, kind } = me;
	return { id, username, display_name, avatar, kind };
}
