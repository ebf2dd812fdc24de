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
						className="mt-3 rounded-control border border-line bg-chat p-3 text-ink-1"
					>
						{/* What is clamped is still painted in its own padding: that is the frame's. */}
						<div className="line-clamp-6 whitespace-pre-wrap wrap-anywhere">
							<Markdown text={message.content} />
						</div>
					</div>
				</>
			}
			action={t.chat.deleteAction}
			onConfirm={() => deleteMessage(message.channel_id, message.id)}
			onClose={onClose}
		/>
	);
}
