/**
 * Languages of the client.
 *
 * How to use it:
 *   - in components: `const t = useT();` then `t.common.cancel`, and with
 *     values `t.chat.placeholder("general")`;
 *   - elsewhere: `t().errors.network`;
 *   - dates and numbers: `const format = useFormat();` then `format.time(ms)`;
 *   - errors: `errorText(t, error)` and `fieldText(t, error, "password")`;
 *   - switching: `setLocale("bn")`.
 *
 * How to add strings: every feature has one file per language. Write
 * `en/<feature>.ts` (`export const chat = {...}`), add it to `en/hub.ts` (or to
 * `en/start.ts` if the pages before a session need it), and do the same under `bn/`, where `satisfies Catalog["chat"]` makes a missing,
 * superfluous or differently shaped message a compile error. Plurals are
 * `counted({ one: "{n} member", other: "{n} members" })` from `./counted`
 * of that language's folder; other values are parameters of plain functions.
 * Sentences are whole: no message is glued from others.
 *
 * English for the pages before a session is part of the first load; the rest of it comes with the
 * hub, that of the settings with their pages, and every other language as one lazy chunk.
 * This folder knows nothing of stores or components.
 */
export {
	askWhatAils,
	type ErrorLike,
	errorText,
	fieldText,
	retryText,
} from "./errors.ts";
export { type Formats, formats, useFormat } from "./format.ts";
export {
	type Catalog,
	getLocale,
	type Locale,
	loadHubTexts,
	loadSettingsTexts,
	localeNames,
	locales,
	setLocale,
	startLocale,
	t,
	useLocale,
	useT,
} from "./locale.ts";
