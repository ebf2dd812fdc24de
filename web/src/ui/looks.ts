/** How the reader wants the client to look, kept on this device; `public/theme.js` reads it too. */
import { create } from "zustand";

export type Looks = {
	theme: "dark" | "light" | "system";
	density: "cozy" | "compact";
	contrast: "normal" | "more";
	motion: "system" | "reduced";
	/** Size of messages in CSS pixels. */
	bodyPx: number;
	/** What is read out of new messages. */
	announce: "all" | "off";
};

export const BODY_PX = { min: 12, max: 24, normal: 15 } as const;

const KEY = "battala.looks";

const DEFAULTS: Looks = {
	theme: "dark",
	density: "cozy",
	contrast: "normal",
	motion: "system",
	bodyPx: BODY_PX.normal,
	announce: "all",
};

export const useLooks = create<Looks>(() => ({ ...DEFAULTS, ...stored() }));

/** Changes some of it; the page follows at once. */
export function setLooks(change: Partial<Looks>): void {
	useLooks.setState(change);
	const looks = useLooks.getState();
	show(looks);
	try {
		localStorage.setItem(KEY, JSON.stringify(looks));
	} catch {
		// Without storage the choice lasts as long as the page.
	}
}

/** Whether the reader or their system wants nothing to move that need not. */
export function isCalm(): boolean {
	return document.documentElement.dataset.motion === "reduced";
}

function stored(): Partial<Looks> {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
		return typeof value === "object" && value !== null ? value : {};
	} catch {
		return {};
	}
}

function show(looks: Looks): void {
	const root = document.documentElement;
	root.dataset.theme = looks.theme;
	root.dataset.density = looks.density;
	root.dataset.contrast = looks.contrast;
	const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
	root.dataset.motion =
		calm.matches || looks.motion === "reduced" ? "reduced" : "full";
	if (looks.bodyPx === BODY_PX.normal) root.style.removeProperty("--size-body");
	else root.style.setProperty("--size-body", `${looks.bodyPx / 16}rem`);
}
