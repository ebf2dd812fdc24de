import { type MouseEvent, type ReactNode, useRef } from "react";
import { useT } from "@/i18n/index.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog, DialogBody, DialogFoot } from "@/ui/Dialog.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { isMisleading } from "./parse.ts";

/** A link out of the hub. When its text names another host than it leads to, it asks first. */
export function ExternalLink({
	href,
	children,
}: {
	href: string;
	children: ReactNode;
}) {
	const link = useRef<HTMLAnchorElement>(null);
	const check = (event: MouseEvent) => {
		if (!isMisleading(link.current?.textContent ?? "", href)) return;
		event.preventDefault();
		openDialog((close) => <LeaveDialog href={href} onClose={close} />);
	};
	return (
		<a
			ref={link}
			href={href}
			title={new URL(href).host || href}
			target="_blank"
			rel="noopener noreferrer nofollow"
			onClick={check}
			className="text-link underline-offset-2 wrap-anywhere hover:underline"
		>
			{children}
		</a>
	);
}

function LeaveDialog({ href, onClose }: { href: string; onClose: () => void }) {
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
				<Button size="dialog" look="primary" asChild>
					<a
						href={href}
						target="_blank"
						rel="noopener noreferrer nofollow"
						onClick={onClose}
					>
						{t.chat.linkOpen}
					</a>
				</Button>
			</DialogFoot>
		</Dialog>
	);
}
