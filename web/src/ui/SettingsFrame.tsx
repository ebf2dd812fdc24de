import { ChevronLeft, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "@/lib/router.tsx";
import { IconButton } from "./IconButton.tsx";
import { useIsPhone } from "./useMedia.ts";

export type SettingsTab = {
	id: string;
	label: string;
	path: string;
	page: ReactNode;
};
export type SettingsGroup = { name?: string; tabs: readonly SettingsTab[] };

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
}: Props) {
	const isPhone = useIsPhone();
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
			const isFree = !document.querySelector("[role=dialog], [role=menu]");
			if (event.key === "Escape" && !event.defaultPrevented && isFree)
				onClose();
		};
		window.addEventListener("keydown", onKey);
		return () => window.removeEventListener("keydown", onKey);
	}, [onClose]);
	return (
		<div className="flex h-dvh bg-chat [--surface:var(--bg-chat)]">
			{isPhone && current ? null : (
				<nav
					aria-label={navLabel}
					className="scroll-thin flex w-60 shrink-0 flex-col overflow-y-auto border-e border-line bg-side px-3 pt-4 pb-6 max-tablet:w-full max-tablet:border-0"
				>
					<header className="flex items-center justify-between gap-2 ps-2 pb-3">
						<h1
							ref={isPhone ? heading : undefined}
							tabIndex={-1}
							dir="auto"
							className="truncate text-head outline-none"
						>
							{title}
						</h1>
						{isPhone ? (
							<CloseButton label={closeLabel} onClose={onClose} />
						) : null}
					</header>
					{groups.map((group, index) => (
						<div key={group.name ?? index} className="grid gap-px pb-4">
							{group.name ? (
								<h2 className="px-2 pb-1 text-small text-ink-3">
									{group.name}
								</h2>
							) : null}
							{group.tabs.map((one) => (
								<Link
									key={one.id}
									to={one.path}
									replace={!isPhone}
									aria-current={one.id === id ? "page" : undefined}
									className="inset-ring-focus flex min-h-8 items-center rounded-control px-2 text-ui text-ink-2 hover:bg-hover aria-[current=page]:bg-active aria-[current=page]:text-ink-1 max-tablet:min-h-11"
								>
									{one.label}
								</Link>
							))}
						</div>
					))}
				</nav>
			)}
			{current ? (
				<main id="main" className="scroll-thin min-w-0 grow overflow-y-auto">
					<div className="mx-auto grid max-w-180 gap-6 px-6 pt-5 pb-24 max-tablet:px-4">
						<header className="flex min-h-9 items-center gap-2">
							{isPhone ? (
								<Link
									to={listPath}
									replace
									aria-label={title}
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
