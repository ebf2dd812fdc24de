import { type ReactNode, Suspense } from "react";
import { UserPanel } from "@/features/me/UserPanel.tsx";
import { ServerRail } from "@/features/servers/ServerRail.tsx";
import { useT } from "@/i18n/index.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import { type Place, paths } from "@/lib/paths.ts";
import { Redirect } from "@/lib/router.tsx";
import { useStore } from "@/stores/index.ts";
import { NoticeSlot } from "@/ui/NoticeSlot.tsx";
import { PaneBoundary } from "@/ui/PaneBoundary.tsx";
import { useIsPhone } from "@/ui/useMedia.ts";
import { ChannelView } from "./ChannelView.tsx";
import { GoneFrom } from "./GoneFrom.tsx";
import { lastPlace } from "./lastPlace.ts";
import { NoChannel } from "./NoChannel.tsx";
import { NotHere } from "./NotHere.tsx";
import { Pending } from "./Pending.tsx";
import { ServerPane } from "./ServerPane.tsx";
import { SkipLinks } from "./SkipLinks.tsx";
import { useHasLost } from "./useHasLost.ts";
import { useWasHere } from "./useWasHere.ts";

const FirstSteps = lazyPart(() => import("@/features/servers/FirstSteps.tsx"));

type Props = {
	place: Exclude<Place, { kind: "settings" | "serverSettings" | "unknown" }>;
};

/** The frame of the hub: rail, channels, chat, members; on a phone one pane at a time. */
export function Shell({ place }: Props) {
	const t = useT();
	const isPhone = useIsPhone();
	const start = useStore((state) =>
		place.kind === "home" ? lastPlace(state, isPhone) : paths.home,
	);
	const isSettled = useStore((state) => state.connection.status === "live");
	const serverId = place.kind === "home" ? null : place.serverId;
	const channelId = place.kind === "channel" ? place.channelId : null;
	const isServerHere = useStore(
		(state) => serverId !== null && state.servers.byId[serverId] !== undefined,
	);
	const hasLost = useHasLost(serverId, isServerHere);
	// Of a channel its own view knows.
	const wasHere = useWasHere(place.kind === "server" && isServerHere);
	const text = {
		failed: t.ui.partFailed,
		safe: t.ui.partSafe,
		reload: t.ui.partReload,
	};

	if (start !== paths.home) return <Redirect to={start} />;

	const isGone = hasLost || (serverId !== null && !isServerHere && isSettled);
	const hasHome = !isPhone || place.kind !== "channel" || isGone;
	return (
		<div className="flex h-dvh overflow-hidden bg-chat">
			{channelId ? <SkipLinks /> : null}
			{hasHome ? <ServerRail currentId={serverId} /> : null}
			{place.kind === "home" ? (
				<Alone>
					{isSettled ? (
						<Suspense fallback={<Pending />}>
							<FirstSteps />
						</Suspense>
					) : (
						<Pending />
					)}
				</Alone>
			) : hasLost ? (
				<Redirect to={paths.home} />
			) : isGone && wasHere ? (
				<GoneFrom to={paths.home} />
			) : isGone ? (
				<Alone>
					<NotHere />
				</Alone>
			) : (
				<>
					{hasHome && serverId ? (
						<PaneBoundary text={text} resetKey={serverId}>
							{isPhone ? (
								<main id="main" className="flex min-w-0 grow">
									<ServerPane serverId={serverId} channelId={channelId} />
								</main>
							) : (
								<ServerPane serverId={serverId} channelId={channelId} />
							)}
						</PaneBoundary>
					) : null}
					{place.kind === "channel" ? (
						<PaneBoundary text={text} resetKey={place.channelId}>
							<ChannelView {...place} />
						</PaneBoundary>
					) : isPhone ? null : (
						<NoChannel serverId={place.serverId} />
					)}
				</>
			)}
		</div>
	);
}

/**
 * A page without the panes of a server; I am at its foot, as at that of a list of channels, where there
 * is room for it.
 */
function Alone({ children }: { children: ReactNode }) {
	const isPhone = useIsPhone();
	return (
		<div className="flex min-w-0 grow flex-col">
			{isPhone ? <NoticeSlot at="head" /> : null}
			{children}
			{isPhone ? null : <NoticeSlot at="foot" />}
			{isPhone ? null : (
				<div className="shrink-0 border-t border-line bg-side empty:hidden *:w-60 *:border-t-0 [--surface:var(--bg-side)]">
					<UserPanel />
				</div>
			)}
		</div>
	);
}
