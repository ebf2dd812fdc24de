import { useCallback } from "react";
import type { Id } from "@/api/types.ts";
import { ChannelsPage } from "@/features/channels/ChannelsPage.tsx";
import { MembersPage } from "@/features/members/MembersPage.tsx";
import { InvitesPage } from "@/features/servers/InvitesPage.tsx";
import { OverviewPage } from "@/features/servers/OverviewPage.tsx";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo, Redirect } from "@/lib/router.tsx";
import { useIsOwner, useStore } from "@/stores/index.ts";
import { SettingsFrame } from "@/ui/SettingsFrame.tsx";
import { GoneFrom } from "./GoneFrom.tsx";
import { NotHere } from "./NotHere.tsx";
import { Pending } from "./Pending.tsx";
import { useHasLost } from "./useHasLost.ts";
import { useWasHere } from "./useWasHere.ts";

type Props = { serverId: Id; tab: string | null };

/** A server's settings; whoever may not change them does not find them. */
export default function ServerSettings({ serverId, tab }: Props) {
	const t = useT();
	const name = useStore((state) => state.servers.byId[serverId]?.name);
	const isSettled = useStore((state) => state.connection.status === "live");
	const isOwner = useIsOwner(serverId);
	const close = useCallback(() => goTo(paths.server(serverId)), [serverId]);
	const hasLost = useHasLost(serverId, name !== undefined);
	const wasHere = useWasHere(name !== undefined);
	if (hasLost) return <Redirect to={paths.home} />;
	if (name === undefined && isSettled && wasHere)
		return <GoneFrom to={paths.home} />;
	if (name === undefined)
		return isSettled ? (
			<div className="flex h-dvh bg-chat">
				<NotHere />
			</div>
		) : (
			<Pending />
		);
	const of = (id: keyof typeof t.servers.tabs, page: React.ReactNode) => ({
		id,
		label: t.servers.tabs[id],
		path: paths.serverSettings(serverId, id),
		page,
	});
	const ownerTabs = isOwner
		? [
				of("overview", <OverviewPage serverId={serverId} />),
				of("channels", <ChannelsPage serverId={serverId} />),
				of("invites", <InvitesPage serverId={serverId} />),
			]
		: [];
	return (
		<SettingsFrame
			title={name}
			navLabel={t.servers.settingsOf(name)}
			closeLabel={t.servers.backToServer}
			groups={[
				{
					tabs: [
						...ownerTabs,
						of("members", <MembersPage serverId={serverId} />),
					],
				},
			]}
			tab={tab}
			onClose={close}
			listPath={`/app/s/${serverId}/settings`}
		/>
	);
}
