import { RefreshCw } from "lucide-react";
import { useEffect } from "react";
import { useChatUi } from "@/features/messages/chatUi.ts";
import { useT } from "@/i18n/index.ts";
import {
	applyUpdate,
	checkForUpdate,
	startUpdates,
	useUpdate,
} from "@/pwa/update.ts";
import { useConnection, useStore, useWaitingCount } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { useIsDialogOpen } from "@/ui/dialogs.tsx";
import { useUnsaved } from "@/ui/unsaved.ts";

/** A quiet offer of the newer client, made only while nothing is being written. */
export function UpdatePill() {
	const t = useT();
	const { isWaiting } = useUpdate();
	const isLive = useConnection().status === "live";
	const hasDraft = useStore((state) => {
		const open = state.ui.openChannelId;
		return open !== null && Boolean(state.drafts[open]);
	});
	const isEditing = useChatUi(({ editing }) => editing !== undefined);
	const { isUnsaved } = useUnsaved();
	const isAsked = useIsDialogOpen();
	const waiting = useWaitingCount();

	useEffect(() => {
		void startUpdates();
	}, []);
	// The hub may have been replaced while the connection was gone.
	useEffect(() => {
		if (isLive) checkForUpdate();
	}, [isLive]);

	const isAtStake =
		hasDraft || isEditing || isUnsaved || isAsked || waiting > 0;
	if (!isWaiting || isAtStake) return null;
	return (
		<Button
			onClick={applyUpdate}
			className="fixed inset-x-0 top-2 z-40 mx-auto w-max animate-fade rounded-pill! border border-line bg-raised! shadow-overlay"
		>
			<RefreshCw aria-hidden="true" size={16} />
			{t.connection.newVersion}
		</Button>
	);
}
