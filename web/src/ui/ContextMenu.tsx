import { DropdownMenu as Radix } from "radix-ui";
import type { MouseEvent } from "react";
import { create } from "zustand";
import { MenuContent, MenuSheet } from "./Menu";
import type { MenuItem } from "./menuItems";
import { rememberMenuOpener, returnFocus } from "./opener";
import { useIsPhone } from "./useMedia";

type Open = {
	label: string;
	items: MenuItem[];
	x: number;
	y: number;
	opener: HTMLElement | null;
};

const useOpen = create<{ menu: Open | undefined }>(() => ({ menu: undefined }));

/**
 * Shows the items where the pointer is. Shift+F10 and long-press arrive as the same browser event,
 * with the place of the focused element. One menu serves every row of every list.
 */
export function openContextMenu(
	event: MouseEvent,
	label: string,
	items: MenuItem[],
): void {
	if (items.length === 0 || event.defaultPrevented) return;
	event.preventDefault();
	const active = document.activeElement;
	const opener =
		active instanceof HTMLElement && active !== document.body ? active : null;
	rememberMenuOpener(opener);
	useOpen.setState({
		menu: { label, items, x: event.clientX, y: event.clientY, opener },
	});
}

/** Where the context menu renders; once, at the root. */
export function ContextMenuHost() {
	const menu = useOpen((state) => state.menu);
	const phone = useIsPhone();
	if (!menu) return null;
	const close = () => useOpen.setState({ menu: undefined });
	if (phone)
		return <MenuSheet label={menu.label} items={menu.items} onClose={close} />;
	return (
		<Radix.Root
			key={`${menu.x}:${menu.y}`}
			open
			modal={false}
			onOpenChange={(open) => !open && close()}
		>
			<Radix.Trigger
				aria-hidden="true"
				tabIndex={-1}
				className="pointer-events-none fixed size-0"
				style={{ left: menu.x, top: menu.y }}
			/>
			<MenuContent
				label={menu.label}
				items={menu.items}
				onCloseAutoFocus={(event) => {
					event.preventDefault();
					if (document.activeElement === document.body)
						returnFocus(menu.opener);
				}}
			/>
		</Radix.Root>
	);
}
