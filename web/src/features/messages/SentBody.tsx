import type { Message } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import { useDelayed } from "@/ui/useDelayed.ts";
import { useChatUi } from "./chatUi.ts";
import { EditBox } from "./EditBox.tsx";
import { MessageBody } from "./MessageBody.tsx";
import { MessageToolbar } from "./MessageToolbar.tsx";

type Props = {
	bodyId: string;
	message: Message;
	isHot: boolean;
	isActive: boolean;
	isChosen: boolean;
};

/** While messages come faster than this, the last one gets no controls that nobody could use. */
const RESTED_MS = 250;

/** What a message of the history says, and what can be done with it. */
export function SentBody(props: Props) {
	const { bodyId, message, isHot, isActive, isChosen } = props;
	const isRested = useDelayed(isActive, RESTED_MS);

	const isEditing = useChatUi((ui) => ui.editing === message.id);
	if (isEditing) return <EditBox message={message} />;
	return (
		<>
			<MessageBody id={bodyId} text={message.content}>
				{message.edited_at === null ? null : <Edited at={message.edited_at} />}
			</MessageBody>
			{isHot || isChosen || isRested ? (
				<MessageToolbar message={message} isHot={isHot} />
			) : null}
		</>
	);
}

function Edited({ at }: { at: number }) {
	const t = useT();
	const format = useFormat();
	return (
		// On a line of its own the space goes, as a margin would not.
		<span className="whitespace-normal select-none">
			{" "}
			<span
				className="text-small text-ink-3"
				title={t.chat.editedAt(format.dateTime(at))}
			>
				({t.chat.edited})
			</span>
		</span>
	);
}
