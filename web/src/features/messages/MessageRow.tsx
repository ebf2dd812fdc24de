import type { KeyboardEvent, MouseEvent } from "react";
import type { Id, Message, PublicUser } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { comboOf } from "@/lib/keys.ts";
import {
	type Pending,
	type State,
	selectAuthor,
	selectMe,
	selectMessage,
	selectPending,
	type TimelineRow,
	useStore,
} from "@/stores/index.ts";
import { openContextMenu } from "@/ui/Menu.tsx";
import { messageActFor } from "./messageKeys.ts";
import { messageMenu } from "./messageMenu.ts";
import { PendingBody } from "./PendingBody.tsx";
import { RowFrame } from "./RowFrame.tsx";
import { SentBody } from "./SentBody.tsx";
import { TabStop } from "./tabStop.ts";

type SpokenRow = Extract<TimelineRow, { kind: "message" | "pending" }>;

type Props = {
	channelId: Id;
	row: SpokenRow;
	/** The one row in the tab order. */
	isActive: boolean;
	/** That row, and somebody went to it. */
	isChosen: boolean;
	/** Under the pointer. */
	isHot: boolean;
	/** Just jumped to. */
	isTarget: boolean;
};

/** One message: of the history, or of mine and not acknowledged yet. */
export function MessageRow(props: Props) {
	const { channelId, row, isActive, isChosen, isHot, isTarget } = props;
	const spoken = useStore((state) => selectSpoken(state, channelId, row));
	const author = useStore((state) => selectAuthorOf(state, spoken));
	if (!spoken || !author) return null;
	const message = "id" in spoken ? spoken : undefined;
	const idBase = `m-${row.key.replace(":", "-")}`;
	return (
		<RowFrame
			idBase={idBase}
			author={author}
			at={"id" in spoken ? spoken.created_at : spoken.createdAt}
			isGrouped={row.isGrouped}
			isHot={isHot}
			tabIndex={isActive ? 0 : -1}
			onKeyDown={message && ((event) => onKeyDown(event, message))}
			onContextMenu={message && ((event) => onContextMenu(event, message))}
			isTarget={isTarget}
		>
			<TabStop.Provider value={isActive}>
				{"id" in spoken ? (
					<SentBody
						bodyId={`${idBase}-b`}
						message={spoken}
						isHot={isHot}
						isActive={isActive}
						isChosen={isChosen}
					/>
				) : (
					<PendingBody bodyId={`${idBase}-b`} pending={spoken} />
				)}
			</TabStop.Provider>
		</RowFrame>
	);
}

type Spoken = Message | Pending;

function selectSpoken(
	state: State,
	channelId: Id,
	row: SpokenRow,
): Spoken | undefined {
	return row.kind === "message"
		? selectMessage(state, channelId, row.id)
		: selectPending(state, channelId, row.nonce);
}

function selectAuthorOf(
	state: State,
	spoken: Spoken | undefined,
): PublicUser | null | undefined {
	if (!spoken) return undefined;
	return "id" in spoken ? selectAuthor(state, spoken) : selectMe(state);
}

/** Letters act on the message that has the focus, not on what is inside it. */
function onKeyDown(event: KeyboardEvent, message: Message): void {
	if (event.target !== event.currentTarget) return;
	const act = messageActFor(comboOf(event.nativeEvent), message);
	if (!act) return;
	event.preventDefault();
	event.stopPropagation();
	act();
}

function onContextMenu(event: MouseEvent, message: Message): void {
	// Links and selected text keep the browser's own menu.
	if (event.target instanceof Element && event.target.closest("a")) return;
	if (window.getSelection()?.isCollapsed === false) return;
	openContextMenu(event, t().chat.actions, messageMenu(t(), message));
}
