import type { Id } from "@/api/types.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { markServer } from "./firstSteps.ts";
import { InviteDialog } from "./lazyDialogs.ts";

/** Shows a link to hand on; whoever has seen one has taken that first step. */
export function openInvite(serverId: Id): void {
	openDialog((close) => (
		<InviteDialog
			serverId={serverId}
			onClose={() => {
				close();
				markServer(serverId, "invited");
			}}
		/>
	));
}
