import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useT } from "@/i18n";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { findOpener, focusFirst, returnFocus } from "./opener";

type Props = {
	title: string;
	description?: ReactNode;
	/** Called when the user, or the parent, wants it gone. */
	onClose: () => void;
	/** There is typed work: Esc and the scrim ask before they throw it away. */
	dirty?: boolean;
	width?: "normal" | "wide" | "table";
	/** Full-bleed content without the title row; the title is still read aloud. */
	bare?: boolean;
	/** `alertdialog` for a question that must be answered. */
	role?: "dialog" | "alertdialog";
	children: ReactNode;
};

const widths = {
	normal: "tablet:max-w-110",
	wide: "tablet:max-w-140",
	table: "tablet:max-w-180",
};

/** A modal. Focus enters it, cannot leave it, and goes back to what opened it. */
export function Dialog({
	title,
	description,
	onClose,
	dirty = false,
	width = "normal",
	bare = false,
	role = "dialog",
	children,
}: Props) {
	const opener = useRef<HTMLElement | null>(null);
	const [asking, setAsking] = useState(false);
	const requestClose = () => (dirty && !asking ? setAsking(true) : onClose());
	return (
		<Radix.Root open onOpenChange={(open) => !open && requestClose()}>
			<Radix.Portal>
				<Radix.Overlay className="fixed inset-0 z-30 animate-fade bg-scrim" />
				<Radix.Content
					role={role}
					{...(description ? {} : { "aria-describedby": undefined })}
					onInteractOutside={(event) => {
						// A notice is above the dialog, and none of its business.
						const { target } = event;
						if (target instanceof Element && target.closest("[data-notices]"))
							event.preventDefault();
					}}
					onOpenAutoFocus={(event) => {
						opener.current = findOpener();
						focusFirst(event);
					}}
					onCloseAutoFocus={(event) => {
						event.preventDefault();
						returnFocus(opener.current);
					}}
					className={`fixed inset-x-0 z-30 mx-auto flex max-h-[min(86dvh,720px)] w-full animate-rise flex-col overflow-y-auto border border-line bg-raised shadow-overlay outline-none [--surface:var(--bg-raised)] max-tablet:bottom-0 max-tablet:rounded-t-card max-tablet:pb-[env(safe-area-inset-bottom)] tablet:rounded-card ${widths[width]} ${bare ? "tablet:top-[15%]" : "tablet:top-1/2 tablet:-translate-y-1/2"}`}
				>
					{bare ? (
						<Radix.Title className="sr-only">{title}</Radix.Title>
					) : (
						<DialogHead
							title={title}
							description={description}
							onClose={requestClose}
						/>
					)}
					{children}
					{asking ? (
						<DiscardBar onKeep={() => setAsking(false)} onDiscard={onClose} />
					) : null}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}

function DialogHead({
	title,
	description,
	onClose,
}: {
	title: string;
	description: ReactNode;
	onClose: () => void;
}) {
	const t = useT();
	return (
		<div className="flex items-start gap-4 px-6 pt-5 pb-1">
			<div className="grid grow gap-1">
				<Radix.Title className="text-title">{title}</Radix.Title>
				{description ? (
					<Radix.Description className="text-ui font-normal text-ink-2">
						{description}
					</Radix.Description>
				) : null}
			</div>
			<IconButton label={t.ui.close} onClick={onClose} className="-me-2">
				<X aria-hidden="true" size={18} />
			</IconButton>
		</div>
	);
}

function DiscardBar({
	onKeep,
	onDiscard,
}: {
	onKeep: () => void;
	onDiscard: () => void;
}) {
	const t = useT();
	const keep = useRef<HTMLButtonElement>(null);
	useEffect(() => keep.current?.focus(), []);
	return (
		<div
			role="alertdialog"
			aria-label={t.ui.discardQuestion}
			className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-side px-6 py-3"
		>
			<p className="grow text-ui">{t.ui.discardQuestion}</p>
			<Button ref={keep} onClick={onKeep}>
				{t.ui.keepEditing}
			</Button>
			<Button look="danger" onClick={onDiscard}>
				{t.ui.discard}
			</Button>
		</div>
	);
}

type BodyProps = {
	/** It is long and has no controls: the keyboard must be able to scroll it. */
	isForReading?: boolean;
	children: ReactNode;
};

/** The scrolling middle of a dialog. */
export function DialogBody({ isForReading = false, children }: BodyProps) {
	return (
		<div
			{...(isForReading ? { tabIndex: 0 } : {})}
			className="scroll-thin inset-ring-focus grid gap-4 overflow-y-auto px-6 py-4"
		>
			{children}
		</div>
	);
}

/** The foot: at most one primary action, at the end. */
export function DialogFoot({ children }: { children: ReactNode }) {
	return (
		<footer className="flex flex-wrap justify-end gap-2 px-6 pt-2 pb-5">
			{children}
		</footer>
	);
}
