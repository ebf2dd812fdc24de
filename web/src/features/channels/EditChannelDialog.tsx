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
			onSave={async ({ name, topic }) => {
				// What I left alone may have been changed by others meanwhile.
				const changed = {
					...(name === channel.name ? {} : { name }),
					...(topic === channel.topic ? {} : { topic }),
				};
				if (Object.keys(changed).length > 0)
					await updateChannel(channel.id, changed);
			}}
			onClose={onClose}
		/>
	);
}
