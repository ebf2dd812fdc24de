import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useState } from "react";
import { Sheet } from "./Sheet";
import { useIsPhone } from "./useMedia";

type Props = {
	label: string;
	trigger: ReactNode;
	side?: "left" | "right" | "top" | "bottom";
	children: (close: () => void) => ReactNode;
};

/** A small card beside its button; on a phone a sheet. */
export function Popover({ label, trigger, side = "left", children }: Props) {
	const [open, setOpen] = useState(false);
	const phone = useIsPhone();
	const close = () => setOpen(false);
	return (
		<>
			<Radix.Root open={open && !phone} onOpenChange={setOpen}>
				<Radix.Trigger asChild>{trigger}</Radix.Trigger>
				<Radix.Portal>
					<Radix.Content
						aria-label={label}
						side={side}
						align="start"
						sideOffset={8}
						collisionPadding={12}
						className="z-30 w-80 animate-pop overflow-hidden rounded-card border border-line bg-raised shadow-overlay outline-none [--surface:var(--bg-raised)]"
					>
						{children(close)}
					</Radix.Content>
				</Radix.Portal>
			</Radix.Root>
			{open && phone ? (
				<Sheet title={label} side="bottom" onClose={close}>
					{children(close)}
				</Sheet>
			) : null}
		</>
	);
}
