/** Live member lists: rows by index, as far as they are watched. */
import type { ListedMember, MemberList } from "@/api/types.ts";
import type { Work } from "../work.ts";
import { learnUser } from "./users.ts";

export function applyMemberList(work: Work, list: MemberList): void {
	const known = work.root.members[list.server_id];
	const rows: Record<number, ListedMember> = {};
	for (const [index, row] of Object.entries(known?.rows ?? {}))
		if (Number(index) < list.total) rows[Number(index)] = row;
	for (const range of list.ranges)
		for (const [offset, row] of range.items.entries()) {
			learnUser(work, row.user);
			rows[range.first + offset] = row;
		}
	work.at(work.root, "members")[list.server_id] = {
		groups: list.groups,
		total: list.total,
		rows,
	};
}
