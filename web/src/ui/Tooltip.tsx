import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { listen } from "@/lib/listen.ts";
import { plainKey } from "@/lib/plainKey.ts";
import { Keys } from "./Keys.tsx";

const DELAY_MS = 400;
const GAP_PX = 6;
const EDGE_PX = 8;

export type TipSide = "top" | "right" | "bottom" | "left";

/** Attributes that give an element a tooltip. It repeats the name, and is never the only place of it. */
export function tip(text: string, shortcut?: string, side: TipSide = "top") {
	return { "data-tip": text, "data-tip-keys": shortcut, "data-tip-side": side };
}

type Shown = { owner: HTMLElement; text: string; keys: string | undefined };

/**
 * Shows the tooltips of the whole page: on hover after 400 ms, on focus at once; any key hides it.
 * Esc does nothing more than that (WCAG 1.4.13), unless something is open that it is meant for. One
 * host instead of a component per button keeps rows light.
 */
export function TooltipHost() {
	const [shown, setShown] = useState<Shown>();
	useEffect(() => watch(setShown), []);
	return shown ? <Bubble key={shown.text} {...shown} /> : null;
}

function watch(show: (shown: Shown | undefined) => void): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let present: Shown | undefined;
	const set = (next: Shown | undefined) => {
		present = next;
		show(next);
	};
	const hide = () => {
		clearTimeout(timer);
		set(undefined);
	};
	const arm = (target: EventTarget | null, delayMs: number) => {
		clearTimeout(timer);
		const owner = ownerOf(target);
		const text = owner?.dataset.tip;
		if (!owner || !text) return hide();
		timer = setTimeout(
			() => set({ owner, text, keys: owner.dataset.tipKeys }),
			delayMs,
		);
	};
	const onKey = (event: KeyboardEvent) => {
		if (isModifier(event)) return;
		if (present && plainKey(event) === "Escape" && !isMeantFor(present)) {
			event.preventDefault();
			event.stopPropagation();
		}
		hide();
	};
	const listeners = {
		pointerover: ({ target, pointerType }: PointerEvent) => {
			if (pointerType === "mouse") arm(target, DELAY_MS);
		},
		focusin: ({ target }: FocusEvent) => {
			if (target instanceof Element && target.matches(":focus-visible"))
				arm(target, 0);
		},
		focusout: hide,
		pointerdown: hide,
		scroll: hide,
		keydown: onKey,
	};
	const unlisten = listen(document, listeners, { capture: true });
	return () => {
		clearTimeout(timer);
		unlisten();
	};
}

function isModifier({ key }: KeyboardEvent): boolean {
	return ["Alt", "Control", "Meta", "Shift"].includes(key);
}

/** Whether Esc closes more than the tooltip: what lies on top, or what the tooltip says it does. */
function isMeantFor({ keys, owner }: Shown): boolean {
	if (!owner.isConnected) return true;
	const onTop =
		"[role=dialog], [role=alertdialog], [role=menu], [role=listbox]";
	return keys === "Esc" || document.querySelector(onTop) !== null;
}

function ownerOf(target: EventTarget | null): HTMLElement | null {
	if (!(target instanceof Element)) return null;
	const owner = target.closest<HTMLElement>("[data-tip]");
	// An open menu says enough by itself.
	return owner?.getAttribute("aria-expanded") === "true" ? null : owner;
}

function Bubble({ owner, text, keys }: Shown) {
	const bubble = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		const element = bubble.current;
		if (!element) return;
		const { left, top } = placeBeside(
			owner.getBoundingClientRect(),
			element.getBoundingClientRect(),
			owner.dataset.tipSide,
		);
		element.style.left = `${left}px`;
		element.style.top = `${top}px`;
	}, [owner]);
	return (
		<div
			ref={bubble}
			aria-hidden="true"
			className="pointer-events-none fixed start-0 top-0 z-50 flex max-w-72 animate-fade items-center gap-2 rounded-control border border-line bg-raised px-2.5 py-1.5 text-small text-ink-1 shadow-overlay"
		>
			{text}
			{keys ? <Keys combo={keys} /> : null}
		</div>
	);
}

/** Beside its owner, on the other side where there is no room, never out of the window. */
function placeBeside(
	owner: DOMRect,
	bubble: DOMRect,
	side: string | undefined,
) {
	let left = owner.left + (owner.width - bubble.width) / 2;
	let top = owner.top - bubble.height - GAP_PX;
	if (side === "right" || side === "left") {
		top = owner.top + (owner.height - bubble.height) / 2;
		left =
			side === "right"
				? owner.right + GAP_PX
				: owner.left - bubble.width - GAP_PX;
	} else if (side === "bottom" || top < EDGE_PX) top = owner.bottom + GAP_PX;
	return {
		left: clamp(left, window.innerWidth - bubble.width),
		top: clamp(top, window.innerHeight - bubble.height),
	};
}

function clamp(value: number, end: number): number {
	return Math.max(EDGE_PX, Math.min(value, end - EDGE_PX));
}
