/**
 * The element that a closing overlay should give the focus back to. When a menu item opened the
 * overlay the item is about to vanish, so the menu's own button is meant.
 */
export function findOpener(): HTMLElement | null {
	const active = document.activeElement;
	if (!(active instanceof HTMLElement) || active === document.body)
		return lastMenuOpener;
	const menu = active.closest("[role=menu]");
	if (!menu) return active;
	const trigger = document.getElementById(
		menu.getAttribute("aria-labelledby") ?? "",
	);
	return trigger?.isConnected && trigger.tabIndex >= 0
		? trigger
		: lastMenuOpener;
}

let lastMenuOpener: HTMLElement | null = null;

/** Remembers what a menu hung from; the menu is gone when its item opens a dialog. */
export function rememberMenuOpener(element: HTMLElement | null): void {
	lastMenuOpener = element;
}

/** Focus `element`, or the heading of the page if it has gone. */
export function returnFocus(element: HTMLElement | null): void {
	const target = element?.isConnected
		? element
		: document.querySelector<HTMLElement>("h1");
	target?.focus();
}

/**
 * Puts the focus of an opening overlay on its first field, else on the overlay itself: never on
 * the close button, whose tooltip would then take the first Esc.
 */
export function focusFirst(event: Event): void {
	event.preventDefault();
	const overlay = event.target;
	if (!(overlay instanceof HTMLElement)) return;
	const field = overlay.querySelector<HTMLElement>(
		"input:not([type=search]), textarea, select, [data-first]",
	);
	(field ?? overlay).focus();
}
