/** Which language is on, and its catalogue. Knows no feature. */
import { useSyncExternalStore } from "react";
import { en } from "./en/index.ts";

/** The shape every language fills; English is the model. */
export type Catalog = typeof en;

/** The language's own name for itself, as a list of choices shows it. */
export const localeNames = { en: "English", bn: "বাংলা" } as const;

export type Locale = keyof typeof localeNames;
export const locales: readonly Locale[] = ["en", "bn"];

const storageKey = "battala.locale";
const loaders: Record<Locale, () => Promise<Catalog>> = {
	en: async () => en,
	bn: async () => (await import("./bn/index.ts")).bn,
};

let current: { locale: Locale; catalog: Catalog } = {
	locale: "en",
	catalog: en,
};
const listeners = new Set<() => void>();

/** The catalogue of the present language, for code outside components. */
export function t(): Catalog {
	return current.catalog;
}

/** The catalogue of the present language; renders again when it changes. */
export function useT(): Catalog {
	return useSyncExternalStore(subscribe, t);
}

/** The present language, for code outside components. */
export function getLocale(): Locale {
	return current.locale;
}

export function useLocale(): Locale {
	return useSyncExternalStore(subscribe, () => current.locale);
}

/** Switches the language without a reload and remembers it on this device. */
export async function setLocale(locale: Locale): Promise<void> {
	await show(locale);
	remember(locale);
}

/** At start: the remembered language, else the best of the browser's list. */
export async function startLocale(): Promise<void> {
	const wanted = [recall(), ...navigator.languages];
	const locale = wanted
		.map((tag) => locales.find((known) => tag?.split("-")[0] === known))
		.find((known) => known !== undefined);
	await show(locale ?? "en");
}

async function show(locale: Locale) {
	const catalog = await loaders[locale]();
	current = { locale, catalog };
	document.documentElement.lang = locale;
	for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
	listeners.add(listener);
	return () => {
		listeners.delete(listener);
	};
}

// Storage may be closed to us (private windows, policies); a language that is
// not remembered is better than a client that does not start.
function remember(locale: Locale) {
	try {
		localStorage.setItem(storageKey, locale);
	} catch {}
}

function recall(): string | null {
	try {
		return localStorage.getItem(storageKey);
	} catch {
		return null;
	}
}
