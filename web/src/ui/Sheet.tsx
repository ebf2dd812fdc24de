import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { useT } from "@/i18n";
import { IconButton } from "./IconButton";
import { NoticeSlot } from "./NoticeSlot";
import { findOpener, focusFirst, giveFocusBack } from "./opener";
import { useIsPhone } from "./useMedia";

type Props = {
	title: string;
	onClose: () => void;
	side: "bottom" | "end";
	children: ReactNode;
};

const sides = {
	bottom:
		"inset-x-0 bottom-0 max-h-[85dvh] animate-rise rounded-t-card border-t pb-[env(safe-area-inset-bottom)]",
	end: "inset-y-0 end-0 w-[min(320px,88vw)] animate-slide border-s",
};

/** A panel from an edge with a scrim behind it; Esc and the scrim close it. */
export function Sheet({ title, onClose, side, children }: Props) {
	const t = useT();
	const isPhone = useIsPhone();
	const opener = useRef<HTMLElement | null>(null);
	return (
		<Radix.Root open onOpenChange={(open) => !open && onClose()}>
			<Radix.Portal>
				<Radix.Overlay className="fixed inset-0 z-20 animate-fade bg-scrim" />
				<Radix.Content
					aria-describedby={undefined}
					onOpenAutoFocus={(event) => {
						opener.current = findOpener();
						focusFirst(event);
					}}
					onCloseAutoFocus={(event) => {
						event.preventDefault();
						giveFocusBack(opener.current);
					}}
					className={`fixed z-20 flex flex-col border-line bg-side shadow-overlay outline-none [--surface:var(--bg-side)] ${sides[side]}`}
				>
					<div className="flex h-12 shrink-0 items-center justify-between ps-4 pe-2">
						<Radix.Title className="text-head">{title}</Radix.Title>
						<IconButton label={t.ui.close} onClick={onClose}>
							<X aria-hidden="true" size={18} />
						</IconButton>
					</div>
					{isPhone && side === "end" ? <NoticeSlot at="head" /> : null}
					<div className="scroll-thin flex min-h-0 grow flex-col overflow-y-auto">
						{children}
					</div>
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}
