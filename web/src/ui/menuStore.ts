import { create } from "zustand";
import { onForget } from "@/lib/forget.ts";
import type { MenuItem } from "./menuItems.ts";
import { rememberOpener } from "./opener.ts";

export type OpenMenu = {
	label: string;
	items: MenuItem[];
	/** What it hangs from, in the window; a point is a box without size. */
	box: { left: number; top: number; width: number; height: number };
	side: "top" | "bottom" | "right";
	align: "start" | "end";
	/** Gets the focus back. */
	opener: HTMLElement | null;
};

/** The one menu of the page: only one can be open. */
export const useMenu = create<{ menu: OpenMenu | undefined }>(() => ({
	menu: undefined,
}));

export function openMenu(menu: OpenMenu): void {
	if (menu.items.length === 0) return;
	rememberOpener(menu.opener);
	useMenu.setState({ menu });
}

export function closeMenu(): void {
	useMenu.setState({ menu: undefined });
}

// What one account could choose from is not for the next one.
onForget(closeMenu);

/** The menu's code. */
export const loadMenuHost = () => import("./MenuHost.tsx");

/** Brings it with the first sign that someone wants one; what does not come is asked for once more. */
export function preloadMenuHost(): void {
	loadMenuHost().catch(() => {});
}
