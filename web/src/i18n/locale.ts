/** Which language is on, and its catalogue. Knows no feature. */
import { useSyncExternalStore } from "react";
import { orReload, reloadIfStale } from "@/lib/staleCode.ts";
import type { hub } from "./en/hub.ts";
import type { settings } from "./en/settings.ts";
import { start } from "./en/start.ts";
import { isolating } from "./isolate.ts";

/** The shape every language fills; English is the model. */
export type Catalog = typeof start & typeof hub & { settings: typeof settings };

/** The language's own name for itself, as a list of choices shows it. */
export const localeNames = { en: "English", bn: "বাংলা" } as const;

export type Locale = keyof typeof localeNames;
export const locales: readonly Locale[] = ["en", "bn"];

const storageKey = "battala.locale";
const loaders: Record<Locale, () => Promise<Catalog>> = {
	en: async () => {
		const [catalog] = await Promise.all([english(), loadEnglishSettings()]);
		return catalog;
	},
	bn: async () => isolating((await import("./bn/index.ts")).bn),
};

/** English of the settings comes with their pages, and is nowhere before. */
let settingsTexts: Catalog["settings"] | undefined;

async function loadEnglishSettings(): Promise<void> {
	settingsTexts ??= isolating((await import("./en/settings.ts")).settings);
}

async function english(): Promise<Catalog> {
	const { hub } = await import("./en/hub.ts");
	return {
		...isolating({ ...start, ...hub }),
		get settings() {
			return settingsTexts ?? missing();
		},
	};
}

/** English as the first load has it: enough for the pages before a session. */
const beginning: Catalog = {
	...isolating(start),
	get app() {
		return missing();
	},
	get channels() {
		return missing();
	},
	get chat() {
		return missing();
	},
	get notDone() {
		return missing();
	},
	get people() {
		return missing();
	},
	get servers() {
		return missing();
	},
	get settings() {
		return missing();
	},
};

function missing(): never {
	throw new Error("texts are loaded before what needs them");
}

let current: { locale: Locale; catalog: Catalog } = {
	locale: "en",
	catalog: beginning,
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

let choices = 0;

/**
 * Switches the language without a reload and remembers it on this device. Answers whether nothing
 * else was chosen while its words were on their way: what was chosen last is what counts, and nothing
 * more comes of the rest, be it that their words come or that they do not.
 */
export async function setLocale(locale: Locale): Promise<boolean> {
	choices += 1;
	const choice = choices;
	const isLast = () => choice === choices;
	try {
		const catalog = await loaders[locale]();
		if (!isLast()) return false;
		put(locale, catalog);
		remember(locale);
		return true;
	} catch (error) {
		if (!isLast()) return false;
		// A language without words is remembered only for a page that comes in the place of this one.
		reloadIfStale(error, () => {
			if (isLast()) remember(locale);
		});
		throw error;
	}
}

/** At start: the remembered language, else the best of the browser's list. */
export async function startLocale(): Promise<void> {
	const wanted = [recall(), ...navigator.languages];
	const locale = wanted
		.map((tag) => locales.find((known) => tag?.split("-")[0] === known))
		.find((known) => known !== undefined);
	document.documentElement.lang = "en";
	if (!locale || locale === "en") return;
	try {
		put(locale, await orReload(loaders[locale]()));
	} catch {
		// English is here already, and better than a page that does not start.
	}
}

/** Resolves when the texts of the hub itself are there; other languages come whole. */
export async function loadHubTexts(): Promise<void> {
	if (current.catalog !== beginning) return;
	const catalog = await english();
	// Another language may have been chosen meanwhile.
	if (current.catalog === beginning) put("en", catalog);
}

/** Resolves when the texts of the settings are there as well. */
export async function loadSettingsTexts(): Promise<void> {
	if (current.locale === "en") await loadEnglishSettings();
}

function put(locale: Locale, catalog: Catalog) {
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
