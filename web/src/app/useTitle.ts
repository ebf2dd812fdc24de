import { useEffect, useRef } from "react";
import { useFormat, useT } from "@/i18n/index.ts";
import type { Place } from "@/lib/paths.ts";
import { useHasUnread, useIsAttended, useStore } from "@/stores/index.ts";

/** "(3) #general · Server": the number is of mentions, which are for me. "• " is for anything unread. */
export function useTitle(place: Place): void {
	const t = useT();
	const format = useFormat();
	const hub = useStore((state) => state.hub?.name ?? t.common.appName);
	const server = useStore((state) =>
		"serverId" in place ? state.servers.byId[place.serverId]?.name : undefined,
	);
	// An address may name a channel of another server, which is not shown at it.
	const channel = useStore((state) => {
		const named =
			place.kind === "channel" ? state.channels.byId[place.channelId] : null;
		return named && "serverId" in place && named.server_id === place.serverId
			? named
			: null;
	});
	const mentions = useStore((state) =>
		Object.values(state.servers.byId).reduce(
			(sum, one) => sum + one.mentions,
			0,
		),
	);
	// What comes in the channel that is being read has been seen before it is marked as read.
	const isAttended = useIsAttended();
	const hasUnread = useHasUnread(isAttended ? (channel?.id ?? null) : null);
	const name =
		channel && server ? t.app.place(channel.name, server) : (server ?? hub);
	const title =
		mentions > 0
			? t.app.titleMentions(format.number(mentions), name)
			: hasUnread
				? t.app.titleUnread(name)
				: name;
	const plain = useRef(hub);
	useEffect(() => {
		plain.current = hub;
		document.title = title;
	}, [hub, title]);
	// Whoever sees what stands here next may be signed out, or somebody else.
	useEffect(
		() => () => {
			document.title = plain.current;
		},
		[],
	);
}
