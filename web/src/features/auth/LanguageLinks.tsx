import { useState } from "react";
import {
	type Locale,
	localeNames,
	locales,
	setLocale,
	useLocale,
	useT,
} from "@/i18n/index.ts";

/**
 * Each language in its own words, before one has signed in; in the system's own letters, so that
 * one word does not fetch the font of its script.
 */
export function LanguageLinks() {
	const t = useT();
	const current = useLocale();
	const [isMissing, setMissing] = useState(false);
	const choose = async (locale: Locale) => {
		setMissing(false);
		await setLocale(locale).catch(() => setMissing(true));
	};
	return (
		<div className="flex flex-wrap items-center justify-center gap-1 text-small">
			{locales.map((locale) => (
				<button
					key={locale}
					type="button"
					lang={locale}
					aria-pressed={locale === current}
					onClick={() => void choose(locale)}
					className="min-h-8 not-aria-pressed:font-[family-name:system-ui,sans-serif] rounded-control px-2.5 text-ink-3 hover:bg-press hover:text-ink-1 aria-pressed:text-leaf coarse:min-h-11"
				>
					{localeNames[locale]}
				</button>
			))}
			{isMissing ? (
				<p role="alert" className="basis-full text-center text-danger">
					{t.ui.notOpened}
				</p>
			) : null}
		</div>
	);
}
