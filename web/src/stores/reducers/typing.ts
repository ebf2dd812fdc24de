/** Who is typing where; marks go by themselves after a while. */
import type { Id, PublicUser } from "@/api/types.ts";
import { typingLastsMs } from "../state.ts";
import type { Work } from "../work.ts";
import { learnUser } from "./users.ts";

export function startTyping(
	work: Work,
	channelId: Id,
	user: PublicUser,
	at: number,
): void {
	const { session } = work.root;
	if (session.status === "signed_in" && session.me.id === user.id) return;
	learnUser(work, user);
	const typing = work.at(work.root, "typing");
	typing[channelId] ??= work.own({});
	work.at(typing, channelId)[user.id] = at + typingLastsMs;
}

export function stopTyping(work: Work, channelId: Id, userId: Id): void {
	if (work.root.typing[channelId]?.[userId] === undefined) return;
	const typing = work.at(work.root, "typing");
	const marks = work.at(typing, channelId);
	delete marks[userId];
	if (Object.keys(marks).length === 0) delete typing[channelId];
}

export function expireTyping(work: Work, now: number): void {
	for (const [channelId, marks] of Object.entries(work.root.typing))
		for (const [userId, until] of Object.entries(marks))
			if (until <= now) stopTyping(work, channelId, userId);
}
