import { useT } from "@/i18n/index.ts";
import { Button, buttonClass } from "@/ui/Button.tsx";
import { Dialog, DialogBody, DialogFoot } from "@/ui/Dialog.tsx";

/** Shows where a misleading link really goes. */
export default function LeaveDialog({
	href,
	onClose,
}: {
	href: string;
	onClose: () => void;
}) {
	const t = useT();
	return (
		<Dialog
			title={t.chat.linkTitle}
			description={t.chat.linkWarning}
			onClose={onClose}
		>
			<DialogBody>
				<code className="rounded-control bg-side p-3 font-mono text-small wrap-anywhere">
					{href}
				</code>
			</DialogBody>
			<DialogFoot>
				<Button size="dialog" onClick={onClose}>
					{t.ui.cancel}
				</Button>
				<a
					className={buttonClass({ size: "dialog", look: "primary" })}
					href={href}
					target="_blank"
					rel="noopener noreferrer nofollow"
					onClick={onClose}
				>
					{t.chat.linkOpen}
				</a>
			</DialogFoot>
		</Dialog>
	);
}
