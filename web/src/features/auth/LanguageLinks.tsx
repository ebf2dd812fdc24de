import { localeNames, locales, setLocale, useLocale } from "@/i18n/index.ts";

/**
 * Each language in its own words, before one has signed in; in the system's own letters, so that
 * one word does not fetch the font of its script.
 */
export function LanguageLinks() {
	const current = useLocale();
	return (
		<div className="flex gap-1 text-small">
			{locales.map((locale) => (
				<button
					key={locale}
					type="button"
					lang={locale}
					aria-pressed={locale === current}
					onClick={() => void setLocale(locale)}
					className="min-h-8 not-aria-pressed:font-[family-name:system-ui,sans-serif] rounded-control px-2.5 text-ink-3 hover:bg-press hover:text-ink-1 aria-pressed:text-leaf coarse:min-h-11"
				>
					{localeNames[locale]}
				</button>
			))}
		</div>
	);
}
