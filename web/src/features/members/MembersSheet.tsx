import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { Sheet } from "@/ui/Sheet.tsx";
import MembersPane from "./MembersPane.tsx";

/** The members over the chat, where there is no room beside it. */
export default function MembersSheet({
	serverId,
	onClose,
}: {
	serverId: Id;
	onClose: () => void;
}) {
	const t = useT();
	return (
		<Sheet title={t.people.members} side="end" onClose={onClose}>
			<MembersPane key={serverId} serverId={serverId} />
		</Sheet>
	);
}
