import type { Id } from "@/api/types.ts";
import { formats, getLocale, t } from "@/i18n/index.ts";
import { moved } from "@/lib/moved.ts";
import { getState, reorderChannels, selectChannels } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { attempt } from "@/ui/tellFault.ts";

/** Moves a channel by so many places, says where it is now, and undoes a refusal. */
export async function moveChannel(
	serverId: Id,
	channelId: Id,
	by: number,
): Promise<void> {
	const channels = selectChannels(getState(), serverId);
	const from = channels.findIndex((channel) => channel.id === channelId);
	const to = Math.min(Math.max(from + by, 0), channels.length - 1);
	const channel = channels[from];
	if (!channel || to === from) return;
	const ids = channels.map(({ id }) => id);
	const sent = reorderChannels(serverId, moved(ids, from, to));
	const { number } = formats(getLocale());
	announce(
		t().servers.moved(channel.name, number(to + 1), number(channels.length)),
	);
	const cause = ["channelsMoved", serverId] as const;
	await attempt(cause, t().notDone.channelsMoved, sent);
}
