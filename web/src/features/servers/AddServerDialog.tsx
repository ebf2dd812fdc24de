import { useT } from "@/i18n/index.ts";
import { Dialog, DialogBody } from "@/ui/Dialog.tsx";
import { AddServerForms } from "./AddServerForms.tsx";

/** Create or join, from the rail. */
export default function AddServerDialog({ onClose }: { onClose: () => void }) {
	const t = useT();
	return (
		<Dialog title={t.servers.add} onClose={onClose} width="wide">
			<DialogBody>
				<AddServerForms onDone={onClose} />
			</DialogBody>
		</Dialog>
	);
}
