import type { Id } from "@/api/types.ts";
import { errorText, formats, getLocale, t } from "@/i18n/index.ts";
import { getState, reorderChannels, selectChannels } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { toast } from "@/ui/toasts.ts";

/** Moves a channel by so many places and says where it is now. */
export async function moveChannel(
	serverId: Id,
	channelId: Id,
	by: number,
): Promise<void> {
	const channels = selectChannels(getState(), serverId);
	const from = channels.findIndex((channel) => channel.id === channelId);
	const to = Math.min(Math.max(from + by, 0), channels.length - 1);
	const channel = channels[from];
	const there = channels[to];
	if (!channel || !there || to === from) return;
	try {
		// The place of who stands there now: there may be channels between that I do not see.
		const { position } = there;
		await reorderChannels(serverId, [{ id: channelId, position }]);
		const { number } = formats(getLocale());
		announce(
			t().servers.moved(channel.name, number(to + 1), number(channels.length)),
		);
	} catch (error) {
		toast(errorText(t(), error), { tone: "error" });
	}
}
