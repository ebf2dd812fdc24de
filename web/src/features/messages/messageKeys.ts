/** What the keys on a focused message do; which keys these are, the reader chooses. */
import type { Message } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { messageActionOf } from "@/ui/bindings.ts";
import { copyText } from "@/ui/copyText.ts";
import { toast } from "@/ui/toasts.ts";
import { startEditing } from "./chatUi.ts";
import { makeUnread, removeMessage, rightsOn } from "./messageMenu.ts";

/** What `combo` does with `message`, if it may be done. Shift with the key of deleting asks nothing. */
export function messageActFor(
	combo: string | null,
	message: Message,
): (() => void) | undefined {
	if (combo === null) return undefined;
	const rights = rightsOn(message);
	switch (messageActionOf(combo)) {
		case "edit":
			return rights.edit ? () => startEditing(message.id) : undefined;
		case "copy":
			return () => void copyText(message.content);
		case "unread":
			return rights.unread
				? () => makeUnread(message)
				: () => toast(t().chat.firstStaysRead);
		case "remove":
			return rights.remove ? () => removeMessage(message, false) : undefined;
		case undefined: {
			const isAtOnce =
				combo.startsWith("Shift+") &&
				messageActionOf(combo.slice("Shift+".length)) === "remove";
			return isAtOnce && rights.remove
				? () => removeMessage(message, true)
				: undefined;
		}
	}
}
