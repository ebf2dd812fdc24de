import type { Message } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { deleteMessage } from "@/stores/index.ts";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";
import { Markdown } from "./markdown/Markdown.tsx";

type Props = { message: Message; onClose: () => void };

export default function DeleteMessageDialog({ message, onClose }: Props) {
	const t = useT();
	return (
		<ConfirmDialog
			title={t.chat.deleteTitle}
			consequence={
				<>
					<p>{t.chat.deleteText}</p>
					<div
						dir="auto"
						className="mt-3 line-clamp-6 rounded-control border border-line bg-chat p-3 whitespace-pre-wrap text-ink-1 wrap-anywhere"
					>
						<Markdown text={message.content} />
					</div>
				</>
			}
			action={t.chat.deleteAction}
			onConfirm={() => deleteMessage(message.channel_id, message.id)}
			onClose={onClose}
		/>
	);
}
