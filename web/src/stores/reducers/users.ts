/** Public profiles. */
import type { PublicUser } from "@/api/types.ts";
import type { Work } from "../work.ts";

/** The stream of events is in order: what it says of someone is the latest. */
export function learnUser(work: Work, user: PublicUser): void {
	const known = work.root.users[user.id];
	if (known && isSame(known, user)) return;
	work.at(work.root, "users")[user.id] = user;
}

/** An answer may be older than an event that overtook it: it only fills gaps. */
export function recallUser(work: Work, user: PublicUser): void {
	if (work.root.users[user.id]) return;
	work.at(work.root, "users")[user.id] = user;
}

function isSame(a: PublicUser, b: PublicUser): boolean {
	return (
		a.display_name === b.display_name &&
		a.avatar === b.avatar &&
		a.username === b.username &&
		a.kind === b.kind
	);
}
