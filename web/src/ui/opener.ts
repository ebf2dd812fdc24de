import { areKeysHeld } from "./heldKeys.ts";

/**
 * The element that a closing overlay should give the focus back to. When a menu item opened the
 * overlay the item is about to vanish, so the menu's own button is meant.
 */
export function findOpener(): HTMLElement | null {
	const active = document.activeElement;
	if (!(active instanceof HTMLElement) || active === document.body)
		return lastOpener;
	const menu = active.closest("[role=menu]");
	if (!menu) return active;
	const trigger = document.getElementById(
		menu.getAttribute("aria-labelledby") ?? "",
	);
	return trigger?.isConnected && trigger.tabIndex >= 0 ? trigger : lastOpener;
}

let lastOpener: HTMLElement | null = null;

/**
 * Remembers what a menu or a stand-in was opened from; it is gone when the dialog that follows asks
 * for its opener.
 */
export function rememberOpener(element: HTMLElement | null): void {
	lastOpener = element;
}

/**
 * Focuses `element`; when it has gone, the composer, else the heading of the page. With a finger
 * never the composer: the keyboard would rise by itself. Held keys are for nothing but the heading.
 */
export function returnFocus(
	element: HTMLElement | null,
	options?: FocusOptions,
): void {
	const target =
		element?.isConnected && !areKeysHeld()
			? element
			: (composer() ?? document.querySelector<HTMLElement>("h1"));
	target?.focus(options);
}

/** The same after an overlay, unless what was done in it has given the focus to something else. */
export function giveFocusBack(element: HTMLElement | null): void {
	const { activeElement, body } = document;
	if (!activeElement || activeElement === body) returnFocus(element);
}

function composer(): HTMLElement | null {
	const field = document.getElementById("composer");
	if (!field || areKeysHeld()) return null;
	return window.matchMedia("(pointer: coarse)").matches ? null : field;
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
