import {
	type ComponentProps,
	cloneElement,
	type MouseEvent,
	type ReactElement,
	useRef,
} from "react";
import { lazyPart } from "@/lib/lazyPart.ts";
import { plainKey } from "@/lib/plainKey.ts";
import type { MenuItem } from "./menuItems.ts";
import {
	closeMenu,
	loadMenuHost,
	openMenu,
	preloadMenuHost,
	useMenu,
} from "./menuStore.ts";
import { OverlayPart } from "./OverlayPart.tsx";

type Props = {
	label: string;
	items: () => MenuItem[];
	/** The button it hangs from: presses of it are this menu's. */
	children: ReactElement<ComponentProps<"button">>;
	side?: "top" | "bottom" | "right";
	align?: "start" | "end";
};

/** Makes a button open a menu: below it, or on a phone as a sheet. */
export function Menu({
	label,
	items,
	children,
	side = "bottom",
	align = "start",
}: Props) {
	const button = useRef<HTMLButtonElement>(null);
	const isOpen = useMenu(
		({ menu }) => menu !== undefined && menu.opener === button.current,
	);
	const open = () => {
		const opener = button.current;
		if (!opener) return;
		if (isOpen) return closeMenu();
		const { left, top, width, height } = opener.getBoundingClientRect();
		const box = { left, top, width, height };
		openMenu({ label, items: items(), box, side, align, opener });
	};
	return cloneElement(children, {
		ref: button,
		"aria-haspopup": "menu",
		"aria-expanded": isOpen,
		onPointerEnter: preloadMenuHost,
		onFocus: preloadMenuHost,
		onClick: open,
		onKeyDown: (event) => {
			if (plainKey(event) !== "ArrowDown") return;
			event.preventDefault();
			event.stopPropagation();
			open();
		},
	});
}

/**
 * Shows a menu where the pointer is. Shift+F10 and long-press arrive as the same browser event,
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
	const box = { left: event.clientX, top: event.clientY, width: 0, height: 0 };
	openMenu({ label, items, box, side: "bottom", align: "start", opener });
}

const MenuHost = lazyPart(loadMenuHost);

/** Where the open menu renders; once, at the root. */
export function MenuOutlet() {
	const menu = useMenu((state) => state.menu);
	return menu ? (
		<OverlayPart onClose={closeMenu}>
			<MenuHost menu={menu} />
		</OverlayPart>
	) : null;
}
