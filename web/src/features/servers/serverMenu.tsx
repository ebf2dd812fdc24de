import {
	ArrowDown,
	ArrowUp,
	CheckCheck,
	LogOut,
	Settings,
	Trash2,
	UserPlus,
} from "lucide-react";
import type { Id } from "@/api/types.ts";
import { type Catalog, t } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import {
	getState,
	markRead,
	selectCan,
	selectIsOwner,
	selectIsUnread,
} from "@/stores/index.ts";
import { useBindings } from "@/ui/bindings.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { type MenuItem, menuOf } from "@/ui/menuItems.ts";
import { attempt } from "@/ui/tellFault.ts";
import { DeleteServerDialog, LeaveServerDialog } from "./lazyDialogs.ts";
import { openInvite } from "./openInvite.tsx";
import { moveServer } from "./serverOrder.ts";

/** Marks every channel of a server as read. */
export async function markServerRead(serverId: Id): Promise<void> {
	const state = getState();
	const unread = (state.channels.byServer[serverId] ?? []).filter((id) =>
		selectIsUnread(state, id),
	);
	const name = state.servers.byId[serverId]?.name ?? "";
	await attempt(
		["serverRead", serverId],
		t().notDone.serverRead(name),
		markEach(unread),
	);
}

async function markEach(ids: readonly Id[]): Promise<void> {
	for (const id of ids) await markRead(id);
}

/** What I may do with a server; what I may not is absent. `extra` comes after the invite. */
export function serverMenu(
	text: Catalog,
	serverId: Id,
	extra: readonly MenuItem[] = [],
): MenuItem[] {
	const state = getState();
	const isOwner = selectIsOwner(state, serverId);
	return menuOf(
		selectCan(state, serverId, "createInvite") && {
			kind: "action",
			label: text.servers.invitePeople,
			icon: UserPlus,
			run: () => openInvite(serverId),
		},
		...extra,
		isOwner && {
			kind: "action",
			label: text.servers.serverSettings,
			icon: Settings,
			run: () => goTo(paths.serverSettings(serverId, "overview")),
		},
		{
			kind: "action",
			label: text.servers.markRead,
			icon: CheckCheck,
			shortcut: useBindings.getState().markServerRead,
			run: () => void markServerRead(serverId),
		},
		{ kind: "separator" },
		...moves(text, serverId),
		{ kind: "separator" },
		!isOwner && {
			kind: "action",
			label: text.servers.leave,
			icon: LogOut,
			danger: true,
			run: () =>
				openDialog((close) => (
					<LeaveServerDialog serverId={serverId} onClose={close} />
				)),
		},
		isOwner && {
			kind: "action",
			label: text.servers.deleteServer,
			icon: Trash2,
			danger: true,
			run: () =>
				openDialog((close) => (
					<DeleteServerDialog serverId={serverId} onClose={close} />
				)),
		},
	);
}

/** The way without dragging; absent while there is nothing to order. */
function moves(text: Catalog, serverId: Id): MenuItem[] {
	const { order } = getState().servers;
	if (order.length < 2) return [];
	return [
		{
			kind: "action",
			label: text.servers.moveUp,
			icon: ArrowUp,
			shortcut: "Alt+Shift+↑",
			disabled: order[0] === serverId,
			run: () => void moveServer(serverId, -1),
		},
		{
			kind: "action",
			label: text.servers.moveDown,
			icon: ArrowDown,
			shortcut: "Alt+Shift+↓",
			disabled: order.at(-1) === serverId,
			run: () => void moveServer(serverId, 1),
		},
	];
}
