import { type MouseEvent, type ReactNode, useContext, useRef } from "react";
import { lazyPart } from "@/lib/lazyPart.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { isMisleading } from "./misleading.ts";
import { IsWithinPressable } from "./pressable.ts";

const LeaveDialog = lazyPart(() => import("./LeaveDialog.tsx"));

/**
 * A link out of the hub. When its text names another host than it leads to, it asks first. An
 * address in the text of a link is text: it cannot lead elsewhere than what it stands in. So is a
 * link that is hidden: nobody can see where it leads.
 */
export function ExternalLink({
	href,
	children,
}: {
	href: string;
	children: ReactNode;
}) {
	const link = useRef<HTMLAnchorElement>(null);
	const isText = useContext(IsWithinPressable);
	const check = (event: MouseEvent) => {
		if (!isMisleading(link.current?.textContent ?? "", href)) return;
		event.preventDefault();
		openDialog((close) => <LeaveDialog href={href} onClose={close} />);
	};
	if (isText) return children;
	return (
		<a
			ref={link}
			href={href}
			title={new URL(href).host || href}
			target="_blank"
			rel="noopener noreferrer nofollow"
			onClick={check}
			// The middle button, which opens it in another tab.
			onAuxClick={(event) => {
				if (event.button === 1) check(event);
			}}
			className="text-link underline decoration-[color-mix(in_srgb,currentColor_40%,transparent)] underline-offset-2 wrap-anywhere hover:decoration-current"
		>
			<IsWithinPressable value={true}>{children}</IsWithinPressable>
		</a>
	);
}
