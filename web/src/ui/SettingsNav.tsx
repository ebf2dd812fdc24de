import type { ReactNode, Ref } from "react";
import { fromList } from "@/lib/fromList.ts";
import { Link } from "@/lib/router.tsx";
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
	label: string;
	groups: readonly SettingsGroup[];
	/** The id of the tab whose page is shown. */
	current: string | undefined;
	heading?: Ref<HTMLHeadingElement> | undefined;
	/** Beside the title. */
	children?: ReactNode;
	/** Below the tabs. */
	foot?: ReactNode;
};

/** The list of tabs; on a phone it is a page of its own. */
export function SettingsNav({
	title,
	label,
	groups,
	current,
	heading,
	children,
	foot,
}: Props) {
	const isPhone = useIsPhone();
	return (
		<nav
			aria-label={label}
			className="scroll-thin flex min-h-0 w-60 grow flex-col overflow-y-auto bg-side px-3 pt-4 pb-6 max-tablet:w-full"
		>
			<header className="flex items-center justify-between gap-2 ps-2 pb-3 max-tablet:mb-(--notices-standing)">
				<h1
					ref={heading}
					tabIndex={-1}
					dir="auto"
					className="truncate text-head outline-none"
				>
					{title}
				</h1>
				{children}
			</header>
			{groups.map((group, index) => (
				<div key={group.name ?? index} className="grid gap-px pb-4">
					{group.name ? (
						<h2 className="px-2 pb-1 text-small text-ink-3">{group.name}</h2>
					) : null}
					{group.tabs.map((one) => (
						<Link
							key={one.id}
							to={one.path}
							replace={!isPhone}
							state={isPhone ? fromList : null}
							aria-current={one.id === current ? "page" : undefined}
							className="inset-ring-focus flex min-h-8 items-center rounded-control px-2 text-ui text-ink-2 hover:bg-hover aria-[current=page]:bg-active aria-[current=page]:text-ink-1 max-tablet:min-h-11"
						>
							{one.label}
						</Link>
					))}
				</div>
			))}
			{foot}
		</nav>
	);
}
