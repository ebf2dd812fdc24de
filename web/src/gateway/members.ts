/**
 * The watched ranges of the member list on the screen. Remembers them, because
 * the hub forgets them with the connection.
 */

import { limits } from "@/api/limits.ts";
import type { Id, RowRange } from "@/api/types.ts";
import type { Command } from "./commands.ts";

/** Scrolling asks once it has slowed down. */
const settleMs = 150;

export type Members = {
	watch: (serverId: Id, ranges: RowRange[]) => void;
	/** A new connection: ask again. */
	renew: () => void;
	stop: () => void;
};

export function createMembers(command: Command): Members {
	let wanted: { serverId: Id; ranges: RowRange[] } | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const say = (serverId: Id, ranges: RowRange[]) =>
		command("members_subscribe", { server_id: serverId, ranges }).catch(() => {
			// The next connection or the next scroll asks again.
		});
	const sayWanted = () => {
		if (wanted) void say(wanted.serverId, wanted.ranges);
	};

	return {
		watch(serverId, ranges) {
			clearTimeout(timer);
			const left = wanted && wanted.serverId !== serverId ? wanted : null;
			if (left) void say(left.serverId, []);
			if (ranges.length === 0) {
				if (wanted?.serverId === serverId) {
					wanted = null;
					void say(serverId, []);
				}
				return;
			}
			const isFirst = wanted?.serverId !== serverId;
			wanted = { serverId, ranges: ranges.slice(0, limits.memberRangesMax) };
			if (isFirst) sayWanted();
			else timer = setTimeout(sayWanted, settleMs);
		},
		renew: sayWanted,
		stop() {
			clearTimeout(timer);
			wanted = null;
		},
	};
}
