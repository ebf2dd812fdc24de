import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { deleteChannel } from "@/stores/index.ts";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";

export default function DeleteChannelDialog({
	channel,
	onClose,
}: {
	channel: Channel;
	onClose: () => void;
}) {
	const t = useT();
	return (
		<ConfirmDialog
			title={t.channels.removeTitle(channel.name)}
			consequence={t.channels.removeText}
			action={t.channels.removeAction}
			onConfirm={() => deleteChannel(channel.id)}
			onClose={onClose}
		/>
	);
}
