import {
	ArrowDown,
	ArrowUp,
	CheckCheck,
	Link,
	Pencil,
	Trash2,
} from "lucide-react";
import type { Channel } from "@/api/types.ts";
import type { Catalog } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import {
	getState,
	markRead,
	selectChannels,
	selectIsOwner,
} from "@/stores/index.ts";
import { copyText } from "@/ui/copyText.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { type MenuItem, menuOf } from "@/ui/menuItems.ts";
import { attempt } from "@/ui/tellFault.ts";
import { DeleteChannelDialog, EditChannelDialog } from "./lazyDialogs.ts";
import { moveChannel } from "./order.ts";

/** What I may do with a channel. */
export function channelMenu(text: Catalog, channel: Channel): MenuItem[] {
	const { id, server_id } = channel;
	const state = getState();
	const isOwner = selectIsOwner(state, server_id);
	const ids = selectChannels(state, server_id).map((one) => one.id);
	return menuOf(
		{
			kind: "action",
			label: text.channels.markRead,
			icon: CheckCheck,
			run: () =>
				void attempt(
					["channelRead", id],
					text.notDone.channelRead(channel.name),
					markRead(id),
				),
		},
		{
			kind: "action",
			label: text.channels.copyLink,
			icon: Link,
			run: () =>
				void copyText(`${location.origin}${paths.channel(server_id, id)}`),
		},
		{ kind: "separator" },
		isOwner && {
			kind: "action",
			label: text.channels.edit,
			icon: Pencil,
			run: () =>
				openDialog((close) => (
					<EditChannelDialog channel={channel} onClose={close} />
				)),
		},
		isOwner && {
			kind: "action",
			label: text.channels.moveUp,
			icon: ArrowUp,
			shortcut: "Ctrl+Shift+↑",
			disabled: ids[0] === id,
			run: () => void moveChannel(server_id, id, -1),
		},
		isOwner && {
			kind: "action",
			label: text.channels.moveDown,
			icon: ArrowDown,
			shortcut: "Ctrl+Shift+↓",
			disabled: ids.at(-1) === id,
			run: () => void moveChannel(server_id, id, 1),
		},
		{ kind: "separator" },
		isOwner && {
			kind: "action",
			label: text.channels.remove,
			icon: Trash2,
			danger: true,
			run: () =>
				openDialog((close) => (
					<DeleteChannelDialog channel={channel} onClose={close} />
				)),
		},
	);
}
