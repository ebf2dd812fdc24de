import { ChevronDown, Plus } from "lucide-react";
import { useRef } from "react";
import type { Id } from "@/api/types.ts";
import { ChannelList } from "@/features/channels/ChannelList.tsx";
import { CreateChannelDialog } from "@/features/channels/lazyDialogs.ts";
import { ConnectionBar } from "@/features/connection/ConnectionBar.tsx";
import { UserPanel } from "@/features/me/UserPanel.tsx";
import { Checklist } from "@/features/servers/Checklist.tsx";
import { serverMenu } from "@/features/servers/serverMenu.tsx";
import { useT } from "@/i18n/index.ts";
import { fromList } from "@/lib/fromList.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import {
	getState,
	selectChannels,
	useIsOwner,
	useStore,
} from "@/stores/index.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { useLanding } from "@/ui/heldKeys.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { Menu } from "@/ui/Menu.tsx";
import type { MenuItem } from "@/ui/menuItems.ts";
import { NoticeSlot } from "@/ui/NoticeSlot.tsx";
import { useIsPhone } from "@/ui/useMedia.ts";
import { lastChannelOf } from "./lastPlace.ts";
import { PaneSeparator } from "./PaneSeparator.tsx";
import { usePaneWidth } from "./usePaneWidth.ts";
import { useSwipe } from "./useSwipe.ts";

type Props = { serverId: Id; channelId: Id | null };

/** The middle column: the server's name and menu, its channels, and me. */
export function ServerPane({ serverId, channelId }: Props) {
	const t = useT();
	const isPhone = useIsPhone();
	const name = useStore((state) => state.servers.byId[serverId]?.name ?? "");
	const isOwner = useIsOwner(serverId);
	const width = usePaneWidth();
	const heading = useRef<HTMLHeadingElement>(null);
	useLanding(heading);
	const openCreate = () =>
		openDialog((close) => (
			<CreateChannelDialog serverId={serverId} onClose={close} />
		));
	const write = () => {
		const composer = document.getElementById("composer");
		const [first] = selectChannels(getState(), serverId);
		if (composer) composer.focus();
		else if (first) goTo(paths.channel(serverId, first.id));
	};
	useSwipe(isPhone, {
		forth: () => {
			const last = lastChannelOf(serverId);
			const channels = selectChannels(getState(), serverId);
			const next = channels.find(({ id }) => id === last) ?? channels[0];
			if (next) goTo(paths.channel(serverId, next.id), { state: fromList });
		},
	});
	const create: MenuItem = {
		kind: "action",
		label: t.servers.createChannel,
		icon: Plus,
		run: openCreate,
	};
	return (
		<nav
			id="channels"
			tabIndex={-1}
			aria-label={t.channels.nav}
			className="relative flex min-w-0 shrink-0 flex-col bg-side [--surface:var(--bg-side)] max-tablet:grow max-tablet:shrink outline-none"
			style={isPhone ? undefined : { width: width.px }}
		>
			<header className="flex h-12 shrink-0 items-center gap-1 border-b border-line pe-2 max-tablet:mt-[env(safe-area-inset-top)]">
				{isPhone ? (
					<h1 ref={heading} tabIndex={-1} className="sr-only">
						{name}
					</h1>
				) : null}
				<Menu
					label={t.servers.menu(name)}
					items={() => serverMenu(t, serverId, isOwner ? [create] : [])}
				>
					<button
						type="button"
						aria-label={t.servers.menu(name)}
						className="inset-ring-focus flex h-full min-w-0 grow items-center gap-2 ps-4 text-start hover:bg-hover aria-expanded:bg-hover"
					>
						<span dir="auto" className="truncate text-head">
							{name}
						</span>
						<ChevronDown
							aria-hidden="true"
							size={16}
							className="shrink-0 text-ink-3"
						/>
					</button>
				</Menu>
				{isOwner ? (
					<IconButton label={t.servers.createChannel} onClick={openCreate}>
						<Plus aria-hidden="true" size={18} />
					</IconButton>
				) : null}
			</header>
			{isPhone ? (
				<>
					<NoticeSlot at="head" />
					<div className="relative z-20">
						<ConnectionBar />
					</div>
				</>
			) : null}
			<div className="scroll-thin flex min-h-0 grow flex-col overflow-y-auto">
				<ChannelList serverId={serverId} currentId={channelId} />
				<Checklist
					serverId={serverId}
					onWrite={write}
					onCreateChannel={openCreate}
				/>
			</div>
			{isPhone ? null : <NoticeSlot at="foot" />}
			<UserPanel />
			{isPhone ? null : <PaneSeparator width={width} />}
		</nav>
	);
}
