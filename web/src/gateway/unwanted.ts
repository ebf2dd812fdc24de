/**
 * What was written by whoever has signed out and wants nothing kept. The database may refuse to
 * remove it (full, or closed by a newer tab's): then it does so later. Knows no session.
 */
import type { Id } from "@/api/types.ts";
import type { Db } from "@/lib/db.ts";
import { noteUnwanted, noteWanted, unwantedUsers } from "@/lib/lastUser.ts";

/** Forgets the account with all that it wrote, now or at the next start. */
export async function removeAll(db: Db, userId: Id): Promise<void> {
	noteUnwanted(userId);
	const isDone = await db.wipe(userId, "nothing").catch(() => false);
	if (isDone) noteWanted(userId);
}

/** Removes what is left of those who wanted nothing kept. */
export async function removeUnwanted(db: Db): Promise<void> {
	for (const userId of unwantedUsers()) await removeAll(db, userId);
}

/** The same where `userId` begins anew: whatever they write from now on is theirs to keep. */
export async function removeBefore(db: Db, userId: Id): Promise<void> {
	if (!unwantedUsers().includes(userId)) return;
	await removeAll(db, userId);
	noteWanted(userId);
}
