import { ChevronLeft, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { cameFromList } from "@/lib/fromList.ts";
import { plainKey } from "@/lib/plainKey.ts";
import { goTo, Link, useLocation } from "@/lib/router.tsx";
import { isDialogOpen } from "./dialogs.tsx";
import { IconButton } from "./IconButton.tsx";
import { NoticeSlot } from "./NoticeSlot.tsx";
import { type SettingsGroup, SettingsNav } from "./SettingsNav.tsx";
import { useIsPhone } from "./useMedia.ts";

type Props = {
	title: string;
	navLabel: string;
	closeLabel: string;
	groups: readonly SettingsGroup[];
	/** The chosen tab; none is the list itself, on a phone. */
	tab: string | null;
	onClose: () => void;
	/** Where the list of tabs lives, for the way back on a phone. */
	listPath: string;
	/** Below the list where that stands alone, on a phone: a way out beside a page would cost what is unsaved there. */
	foot?: ReactNode;
};

/** A full page of settings: tabs at the start, the page beside; on a phone first one, then the other. */
export function SettingsFrame({
	title,
	navLabel,
	closeLabel,
	groups,
	tab,
	onClose,
	listPath,
	foot,
}: Props) {
	const isPhone = useIsPhone();
	const { state: origin } = useLocation();
	const heading = useRef<HTMLHeadingElement>(null);
	const tabs = groups.flatMap((group) => group.tabs);
	const current =
		tabs.find((one) => one.id === tab) ?? (isPhone ? undefined : tabs[0]);
	const id = current?.id;
	// On a phone the page stands alone, and its heading is the first.
	const Heading = isPhone ? "h1" : "h2";
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new page is announced by its heading
	useEffect(() => heading.current?.focus(), [id]);
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			const isFree = !isDialogOpen() && !document.querySelector("[role=menu]");
			if (plainKey(event) === "Escape" && !event.defaultPrevented && isFree)
				onClose();
		};
		window.addEventListener("keydown", onKey);
		return () => window.removeEventListener("keydown", onKey);
	}, [onClose]);
	const list = (
		<SettingsNav
			title={title}
			label={navLabel}
			groups={groups}
			current={id}
			heading={isPhone ? heading : undefined}
			foot={isPhone ? foot : undefined}
		>
			{isPhone ? <CloseButton label={closeLabel} onClose={onClose} /> : null}
		</SettingsNav>
	);
	return (
		<div className="flex h-dvh bg-chat [--surface:var(--bg-chat)]">
			{isPhone ? null : (
				<div className="flex shrink-0 flex-col border-e border-line bg-side">
					{list}
					<NoticeSlot at="foot" />
				</div>
			)}
			{isPhone && !current ? (
				<main id="main" className="flex w-full">
					{list}
				</main>
			) : null}
			{current ? (
				<main
					id="main"
					className="scroll-thin min-w-0 grow scroll-pb-24 overflow-y-auto"
				>
					<div className="mx-auto grid max-w-180 grid-cols-1 gap-6 px-6 pt-5 pb-24 max-tablet:px-4">
						<header className="flex min-h-9 items-center gap-2 max-tablet:mb-(--notices-standing)">
							{isPhone ? (
								<Link
									to={listPath}
									replace
									aria-label={title}
									onClick={(event) => {
										if (!cameFromList(origin)) return;
										event.preventDefault();
										goTo(-1);
									}}
									className="grid size-11 place-items-center rounded-control text-ink-2"
								>
									<ChevronLeft
										aria-hidden="true"
										size={20}
										className="rtl:-scale-x-100"
									/>
								</Link>
							) : null}
							<Heading
								ref={heading}
								tabIndex={-1}
								className="grow text-title outline-none"
							>
								{current.label}
							</Heading>
							{isPhone ? null : (
								<CloseButton label={closeLabel} onClose={onClose} />
							)}
						</header>
						{current.page}
					</div>
				</main>
			) : null}
		</div>
	);
}

function CloseButton({
	label,
	onClose,
}: {
	label: string;
	onClose: () => void;
}) {
	return (
		<IconButton
			label={label}
			shortcut="Esc"
			onClick={onClose}
			tooltipSide="bottom"
		>
			<X aria-hidden="true" size={20} />
		</IconButton>
	);
}
