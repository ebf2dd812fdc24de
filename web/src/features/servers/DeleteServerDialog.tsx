import { useState } from "react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { deleteServer, getState } from "@/stores/index.ts";
import { ConfirmDialog } from "@/ui/ConfirmDialog.tsx";

/** The one question that asks to type the name: everything goes, for everyone. */
export default function DeleteServerDialog({
	serverId,
	onClose,
}: {
	serverId: Id;
	onClose: () => void;
}) {
	const t = useT();
	const [name] = useState(() => getState().servers.byId[serverId]?.name ?? "");
	return (
		<ConfirmDialog
			title={t.servers.deleteTitle(name)}
			consequence={t.servers.deleteText}
			action={t.servers.deleteAction}
			typeToConfirm={{ label: t.servers.deleteType(name), text: name.trim() }}
			onConfirm={() => deleteServer(serverId)}
			onClose={onClose}
		/>
	);
}
