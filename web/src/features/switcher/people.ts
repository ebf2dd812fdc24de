/** The people that are in memory: members of the lists that were open, and authors of what was read. */
import type { Id, ListedMember, PublicUser } from "@/api/types.ts";
import type { State } from "@/stores/index.ts";

/** Someone, and the server where they were met; more is known of those from a member list. */
export type Person = {
	serverId: Id;
	user: PublicUser;
	member: ListedMember | undefined;
};

/** Each once; members before authors. */
export function peopleOf(state: State): Person[] {
	const found = new Map<Id, Person>();
	for (const [serverId, { rows }] of Object.entries(state.members))
		for (const member of Object.values(rows))
			if (!found.has(member.user.id))
				found.set(member.user.id, { serverId, user: member.user, member });
	for (const timeline of Object.values(state.timelines))
		for (const message of Object.values(timeline.byId)) {
			const { id } = message.author;
			if (found.has(id)) continue;
			const user = state.users[id] ?? message.author;
			found.set(id, { serverId: message.server_id, user, member: undefined });
		}
	return [...found.values()];
}
