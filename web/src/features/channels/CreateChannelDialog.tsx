import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { createChannel } from "@/stores/index.ts";
import { ChannelForm } from "./ChannelForm.tsx";

export default function CreateChannelDialog({
	serverId,
	onClose,
}: {
	serverId: Id;
	onClose: () => void;
}) {
	const t = useT();
	return (
		<ChannelForm
			title={t.channels.create}
			lead={t.channels.createLead}
			action={t.channels.createAction}
			initial={{ name: "", topic: "" }}
			onSave={async ({ name, topic }) => {
				const channel = await createChannel(
					serverId,
					topic ? { name, topic } : { name },
				);
				goTo(paths.channel(serverId, channel.id));
			}}
			onClose={onClose}
		/>
	);
}
