import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { updateChannel } from "@/stores/index.ts";
import { ChannelForm } from "./ChannelForm.tsx";

export default function EditChannelDialog({
	channel,
	onClose,
}: {
	channel: Channel;
	onClose: () => void;
}) {
	const t = useT();
	return (
		<ChannelForm
			title={t.channels.editTitle(channel.name)}
			action={t.ui.save}
			initial={{ name: channel.name, topic: channel.topic }}
			onSave={async (values) => {
				await updateChannel(channel.id, values);
			}}
			onClose={onClose}
		/>
	);
}
