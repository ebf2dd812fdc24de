/**
 * What was written by whoever has signed out and wants nothing kept. The database may refuse to
 * remove it (full, or closed by a newer tab's): the wish stays until it has. Knows no session.
 */
import type { Id } from "@/api/types.ts";
import type { Db } from "@/lib/db.ts";
import {
	isUserNow,
	noteUnwanted,
	noteWanted,
	unwantedUsers,
} from "@/lib/lastUser.ts";

/** Forgets the account with all that it wrote, now or as soon as that can be done. */
export async function removeAll(db: Db, userId: Id): Promise<void> {
	noteUnwanted(userId);
	await remove(db, userId).catch(ignore);
}

/** Removes what is left of those who wanted nothing kept. */
export async function removeUnwanted(db: Db): Promise<void> {
	for (const userId of unwantedUsers()) await remove(db, userId).catch(ignore);
}

/** The same where `userId` begins anew: whatever they write from now on is theirs to keep. */
export async function removeBefore(db: Db, userId: Id): Promise<void> {
	if (unwantedUsers().includes(userId)) await remove(db, userId).catch(ignore);
}

async function remove(
	db: Pick<Db, "wipe" | "setLastUser">,
	userId: Id,
): Promise<void> {
	if (!(await db.wipe(userId, "nothing"))) return;
	noteWanted(userId);
	// They have signed in again since, and go on with that at the next start.
	if (isUserNow(userId)) await db.setLastUser(userId).catch(ignore);
}

/**
 * The same storage, in which nothing is found of whoever wanted nothing kept, and nothing is added
 * until what there is of them is removed: it could not be told apart from what is to go.
 */
export function withoutUnwanted(db: Db): Db {
	/** Of whom nothing is left in this storage, though it may not be all that there is. */
	const removed = new Set<Id>();
	const wipe: Db["wipe"] = async (userId, keep) => {
		removed.delete(userId);
		const isAll = await db.wipe(userId, keep);
		if (keep === "nothing") removed.add(userId);
		return isAll;
	};
	// At once where nothing is to go: what is asked first is done first.
	const after = <T>(userId: Id, act: () => Promise<T>): Promise<T> =>
		removed.has(userId) || !unwantedUsers().includes(userId)
			? act()
			: remove({ ...db, wipe }, userId).then(act);
	return {
		...db,
		wipe,
		messages: (userId) => after(userId, () => db.messages(userId)),
		addMessage: (message) =>
			after(message.userId, () => db.addMessage(message)),
		drafts: (userId) => after(userId, () => db.drafts(userId)),
		saveDraft: (draft) => after(draft.userId, () => db.saveDraft(draft)),
	};
}

function ignore(): void {}
