import { type KeyboardEvent, type MouseEvent, memo } from "react";
import type { Id } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import { selectAuthor, useMessage, useStore } from "@/stores/index.ts";
import { copyText } from "@/ui/copyText.ts";
import { openContextMenu } from "@/ui/Menu.tsx";
import { startEditing, useChatUi } from "./chatUi.ts";
import { EditBox } from "./EditBox.tsx";
import { MessageBody } from "./MessageBody.tsx";
import { MessageToolbar } from "./MessageToolbar.tsx";
import { messageMenu, removeMessage, rightsOn } from "./messageMenu.ts";
import { RowFrame } from "./RowFrame.tsx";
import { TabStop } from "./tabStop.ts";

type Props = {
	channelId: Id;
	id: Id;
	isGrouped: boolean;
	/** The one row in the tab order. */
	isActive: boolean;
	/** Under the pointer. */
	isHot: boolean;
	/** Just jumped to. */
	isTarget: boolean;
};

/** One message of the history. */
export const MessageRow = memo(function MessageRow(props: Props) {
	const { channelId, id, isGrouped, isActive, isHot, isTarget } = props;
	const t = useT();
	const format = useFormat();
	const message = useMessage(channelId, id);
	const author = useStore((state) =>
		message ? selectAuthor(state, message) : undefined,
	);
	const isEditing = useChatUi((ui) => ui.editing === id);
	if (!message || !author) return null;
	const idBase = `m-${id}`;
	const onKeyDown = (event: KeyboardEvent) => {
		if (
			event.target !== event.currentTarget ||
			event.ctrlKey ||
			event.metaKey ||
			event.altKey
		)
			return;
		const rights = rightsOn(message);
		const keys: Record<string, (() => void) | false> = {
			e: rights.edit && (() => startEditing(id)),
			c: () => void copyText(message.content),
			Delete: rights.remove && (() => removeMessage(message, event.shiftKey)),
		};
		const act = keys[event.key];
		if (!act) return;
		event.preventDefault();
		event.stopPropagation();
		act();
	};
	const onContextMenu = (event: MouseEvent) => {
		// Links and selected text keep the browser's own menu.
		if (event.target instanceof Element && event.target.closest("a")) return;
		if (window.getSelection()?.isCollapsed === false) return;
		openContextMenu(event, t.chat.actions, messageMenu(t, message));
	};
	return (
		<RowFrame
			idBase={idBase}
			author={author}
			at={message.created_at}
			isGrouped={isGrouped}
			isHot={isHot}
			tabIndex={isActive ? 0 : -1}
			onKeyDown={onKeyDown}
			onContextMenu={onContextMenu}
			isTarget={isTarget}
		>
			{isEditing ? (
				<EditBox message={message} />
			) : (
				<TabStop.Provider value={isActive}>
					<MessageBody id={`${idBase}-b`} text={message.content}>
						{message.edited_at === null ? null : (
							<span
								className="ms-1.5 text-small text-ink-3 select-none"
								title={t.chat.editedAt(format.dateTime(message.edited_at))}
							>
								({t.chat.edited})
							</span>
						)}
					</MessageBody>
					{isHot || isActive ? (
						<MessageToolbar message={message} isHot={isHot} />
					) : null}
				</TabStop.Provider>
			)}
		</RowFrame>
	);
});
