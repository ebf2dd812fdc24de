import {
	type Locale,
	localeNames,
	locales,
	setLocale,
	useLocale,
	useT,
} from "@/i18n/index.ts";
import { Choice } from "@/ui/Choice.tsx";
import { Section } from "@/ui/Section.tsx";
import { dismissNotOpened, tellNotOpened } from "@/ui/tellFault.ts";

/** Its words may not come. */
async function choose(locale: Locale): Promise<void> {
	try {
		// What has come of a choice says nothing of another one since.
		if (await setLocale(locale)) dismissNotOpened();
	} catch {
		tellNotOpened();
	}
}

export function LanguagePage() {
	const t = useT();
	const locale = useLocale();
	return (
		<Section lead={t.settings.languageHint}>
			<Choice
				legend={t.settings.language}
				value={locale}
				onChange={(next) => void choose(next)}
				options={locales.map((value) => ({ value, label: localeNames[value] }))}
			/>
		</Section>
	);
}
