import {
	localeNames,
	locales,
	setLocale,
	useLocale,
	useT,
} from "@/i18n/index.ts";
import { Choice } from "@/ui/Choice.tsx";
import { Section } from "@/ui/Section.tsx";

export function LanguagePage() {
	const t = useT();
	const locale = useLocale();
	return (
		<Section lead={t.settings.languageHint}>
			<Choice
				legend={t.settings.language}
				value={locale}
				onChange={(next) => void setLocale(next)}
				options={locales.map((value) => ({ value, label: localeNames[value] }))}
			/>
		</Section>
	);
}
