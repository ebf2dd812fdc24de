import { useEffect } from "react";
import { useT } from "@/i18n/index.ts";
import { guardPlace } from "@/lib/router.tsx";
import { Button } from "./Button.tsx";
import { Dialog, DialogFoot } from "./Dialog.tsx";
import { openDialog } from "./dialogs.tsx";
import { useUnsaved } from "./unsaved.ts";

/** While `isDirty`, nobody leaves the page without being asked: by a link, a key, Back or a reload. */
export function useLeaveGuard(isDirty: boolean): void {
	useEffect(() => {
		if (!isDirty) return;
		let isAsking = false;
		// The question may be taken away unanswered.
		const noteAsking = (isThere: boolean) => {
			isAsking = isThere;
		};
		guardPlace((leave) => {
			if (isAsking) return;
			openDialog((close) => (
				<LeaveDialog
					onThere={noteAsking}
					onStay={close}
					onLeave={() => {
						close();
						leave();
					}}
				/>
			));
		});
		useUnsaved.setState({ isUnsaved: true });
		const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
		window.addEventListener("beforeunload", onUnload);
		return () => {
			guardPlace(null);
			useUnsaved.setState({ isUnsaved: false });
			window.removeEventListener("beforeunload", onUnload);
		};
	}, [isDirty]);
}

function LeaveDialog({
	onThere,
	onStay,
	onLeave,
}: {
	onThere: (isThere: boolean) => void;
	onStay: () => void;
	onLeave: () => void;
}) {
	const t = useT();
	useEffect(() => {
		onThere(true);
		return () => onThere(false);
	}, [onThere]);
	return (
		<Dialog role="alertdialog" title={t.ui.discardQuestion} onClose={onStay}>
			<DialogFoot>
				<Button size="dialog" data-first onClick={onStay}>
					{t.ui.keepEditing}
				</Button>
				<Button size="dialog" look="danger" onClick={onLeave}>
					{t.ui.discard}
				</Button>
			</DialogFoot>
		</Dialog>
	);
}
