/** The forms of a counted message; which of them a language needs is its own. */
export type PluralForms = { other: string } & Partial<
	Record<Intl.LDMLPluralRule, string>
>;

/**
 * Makes the `counted` helper of one language: it picks the form by the
 * language's plural rule and puts the number, in the language's digits, where
 * the form says `{n}`.
 */
export function pluralsOf(locale: string) {
	const rules = new Intl.PluralRules(locale);
	const digits = new Intl.NumberFormat(locale);
	return (forms: PluralForms) =>
		(n: number): string =>
			(forms[rules.select(n)] ?? forms.other).replaceAll(
				"{n}",
				digits.format(n),
			);
}
