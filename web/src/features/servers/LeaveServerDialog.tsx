import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { leaveServer, useStore } from "@/stores/index.ts";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";

export default function LeaveServerDialog({
	serverId,
	onClose,
}: {
	serverId: Id;
	onClose: () => void;
}) {
	const t = useT();
	const name = useStore((state) => state.servers.byId[serverId]?.name ?? "");
	return (
		<ConfirmDialog
			title={t.servers.leaveTitle(name)}
			consequence={t.servers.leaveText}
			action={t.servers.leaveAction}
			onConfirm={() => leaveServer(serverId)}
			onClose={onClose}
		/>
	);
}
