import { Copy, Link, MessageCircleDashed, Pencil, Trash2 } from "lucide-react";
import { createElement } from "react";
import type { Message } from "@/api/types.ts";
import { type Catalog, t } from "@/i18n/index.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import {
	deleteMessage,
	getState,
	markUnread,
	type State,
	selectCanInChannel,
	selectMe,
	selectPrevious,
} from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { useBindings } from "@/ui/bindings.ts";
import { copyText } from "@/ui/copyText.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { type MenuItem, menuOf } from "@/ui/menuItems.ts";
import { attempt } from "@/ui/tellFault.ts";
import { startEditing } from "./chatUi.ts";

const DeleteMessageDialog = lazyPart(() => import("./DeleteMessageDialog.tsx"));

/** What I may do with a message, by the policy of the hub. */
export function rightsOn(message: Message, state: State = getState()) {
	const { channel_id: channelId } = message;
	const isMine = message.author.id === selectMe(state)?.id;
	const canSend = selectCanInChannel(state, channelId, "sendMessages");
	const canManage = selectCanInChannel(state, channelId, "manageMessages");
	return {
		edit: isMine && canSend !== false,
		// Whoever may not write any more may still delete what they wrote.
		remove: isMine || canManage === true,
		// What one has read ends with a message: before the first there is none.
		unread: selectPrevious(state, channelId, message.id) !== null,
	};
}

export function linkTo(message: Message): string {
	const { server_id, channel_id, id } = message;
	return `${location.origin}/app/s/${server_id}/${channel_id}/m/${id}`;
}

/** Deletes after asking; `now` skips the question. */
export function removeMessage(message: Message, now: boolean): void {
	if (!now) {
		openDialog((onClose) =>
			createElement(DeleteMessageDialog, { message, onClose }),
		);
		return;
	}
	const deleted = deleteMessage(message.channel_id, message.id);
	void attempt(["deleted", message.id], t().notDone.deleted, deleted);
}

/** Makes a message and all after it new again. */
export function makeUnread(message: Message): void {
	const marked = markUnread(message.channel_id, message.id);
	const cause = ["unread", message.id] as const;
	void attempt(cause, t().notDone.unread, marked).then((isDone) => {
		if (isDone) announce(t().chat.markedUnread);
	});
}

/** The menu of a message: by right click, by its button, by a long press. */
export function messageMenu(text: Catalog, message: Message): MenuItem[] {
	const rights = rightsOn(message);
	const keys = useBindings.getState();
	return menuOf(
		rights.edit && {
			kind: "action",
			label: text.chat.edit,
			icon: Pencil,
			shortcut: keys.edit,
			run: () => startEditing(message.id),
		},
		{
			kind: "action",
			label: text.chat.copyText,
			icon: Copy,
			shortcut: keys.copy,
			run: () => void copyText(message.content),
		},
		{
			kind: "action",
			label: text.chat.copyLink,
			icon: Link,
			run: () => void copyText(linkTo(message)),
		},
		rights.unread && {
			kind: "action",
			label: text.chat.markUnread,
			icon: MessageCircleDashed,
			shortcut: keys.unread,
			run: () => makeUnread(message),
		},
		{ kind: "separator" },
		rights.remove && {
			kind: "action",
			label: text.chat.deleteMessage,
			icon: Trash2,
			shortcut: keys.remove,
			danger: true,
			run: () => removeMessage(message, false),
		},
	);
}
