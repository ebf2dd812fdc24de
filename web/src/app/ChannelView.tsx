import { Suspense, useEffect, useRef } from "react";
import type { Id } from "@/api/types.ts";
import { ConnectionBar } from "@/features/connection/ConnectionBar.tsx";
import { ChatBody } from "@/features/messages/ChatBody.tsx";
import { ChatHeader } from "@/features/messages/ChatHeader.tsx";
import { WelcomeBar } from "@/features/servers/WelcomeBar.tsx";
import { useT } from "@/i18n/index.ts";
import { cameFromList } from "@/lib/fromList.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import { paths } from "@/lib/paths.ts";
import { goTo, Redirect, useLocation } from "@/lib/router.tsx";
import { closeChannel, openChannel, useStore } from "@/stores/index.ts";
import { NoticeSlot } from "@/ui/NoticeSlot.tsx";
import { PaneBoundary } from "@/ui/PaneBoundary.tsx";
import { useIsDesktop, useIsPhone } from "@/ui/useMedia.ts";
import { GoneFrom } from "./GoneFrom.tsx";
import { goToMessage } from "./goToMessage.ts";
import { rememberChannel } from "./lastPlace.ts";
import { NotHere } from "./NotHere.tsx";
import { NotLoaded } from "./NotLoaded.tsx";
import { Pending } from "./Pending.tsx";
import { useEntryFocus } from "./useEntryFocus.ts";
import { useMayOpen } from "./useMayOpen.ts";
import { useMembersPane } from "./useMembersPane.ts";
import { useSwipe } from "./useSwipe.ts";
import { useWasHere } from "./useWasHere.ts";

const MembersPane = lazyPart(
	() => import("@/features/members/MembersPane.tsx"),
);
const MembersSheet = lazyPart(
	() => import("@/features/members/MembersSheet.tsx"),
);

type Props = { serverId: Id; channelId: Id; messageId: Id | null };

/** One channel with its header, messages, composer, and the members beside or over it. */
export function ChannelView({ serverId, channelId, messageId }: Props) {
	const t = useT();
	const channel = useStore((state) => state.channels.byId[channelId]);
	const isKnown = useStore(
		(state) => state.channels.byServer[serverId] !== undefined,
	);
	const isSettled = useStore((state) => state.connection.status === "live");
	const isPhone = useIsPhone();
	const isDesktop = useIsDesktop();
	const { state: origin } = useLocation();
	const members = useMembersPane(serverId, isDesktop);
	const isHere = channel?.server_id === serverId;

	const mayOpen = useMayOpen(isHere, channelId);
	useOpenChannel(mayOpen, serverId, channelId, messageId);
	useEntryFocus(channelId, isHere);

	const back = () => {
		if (cameFromList(origin)) goTo(-1);
		else goTo(paths.server(serverId), { replace: true });
	};
	useSwipe(
		isPhone && isHere,
		members.isOpen ? { back: members.toggle } : { back, forth: members.toggle },
		isMembersSheet,
	);

	const isComing = useStore(
		(state) =>
			state.servers.byId[serverId]?.following?.includes(channelId) ?? false,
	);
	const lostId = useRef<Id>(undefined);
	const wasHere = useWasHere(isHere);
	useEffect(() => {
		if (isHere) lostId.current = channelId;
	}, [isHere, channelId]);
	if (!channel || !isHere) {
		if (!isKnown) return isSettled ? <NotLoaded /> : <Pending />;
		// Whoever was reading it goes on in the server; a link to what is gone leads to nothing.
		const elsewhere = paths.server(serverId);
		if (lostId.current === channelId) return <Redirect to={elsewhere} />;
		if (!wasHere) return <NotHere />;
		return isSettled && !isComing ? <GoneFrom to={elsewhere} /> : <Pending />;
	}

	const text = {
		failed: t.ui.partFailed,
		safe: t.ui.partSafe,
		reload: t.ui.partReload,
	};
	return (
		<>
			<main
				id="main"
				aria-label={t.chat.channelName(channel.name)}
				className="flex min-w-0 grow flex-col [--surface:var(--bg-chat)]"
			>
				<ChatHeader
					channel={channel}
					onBack={isPhone ? back : undefined}
					isMembersOpen={members.isOpen}
					onToggleMembers={members.toggle}
				/>
				{isPhone ? <NoticeSlot at="head" /> : null}
				<WelcomeBar serverId={serverId} />
				<div className="relative flex min-h-0 grow flex-col">
					<ConnectionBar />
					<PaneBoundary text={text} resetKey={channelId}>
						<ChatBody key={channelId} channel={channel} />
					</PaneBoundary>
				</div>
			</main>
			{members.isOpen && isDesktop ? (
				<aside
					id="members"
					tabIndex={-1}
					aria-label={t.people.members}
					className="flex w-60 shrink-0 flex-col border-s border-line bg-side outline-none [--surface:var(--bg-side)]"
				>
					<PaneBoundary text={text} resetKey={serverId}>
						<Suspense>
							<MembersPane key={serverId} serverId={serverId} />
						</Suspense>
					</PaneBoundary>
				</aside>
			) : null}
			{members.isOpen && !isDesktop ? (
				<Suspense>
					<MembersSheet serverId={serverId} onClose={members.toggle} />
				</Suspense>
			) : null}
		</>
	);
}

function isMembersSheet(dialog: Element): boolean {
	return dialog.querySelector("#member-filter") !== null;
}

/** Tells the data what is on the screen, and goes to the message that the address names. */
function useOpenChannel(
	isReady: boolean,
	serverId: Id,
	channelId: Id,
	messageId: Id | null,
): void {
	useEffect(() => {
		if (!isReady) return;
		rememberChannel(serverId, channelId);
		// A failed load shows in the list itself, with a way to try again.
		void openChannel(channelId).catch(() => {});
		return closeChannel;
	}, [isReady, serverId, channelId]);
	useEffect(() => {
		if (!isReady || messageId === null) return;
		const left = new AbortController();
		void goToMessage(channelId, messageId, left.signal);
		return () => left.abort();
	}, [isReady, channelId, messageId]);
}
