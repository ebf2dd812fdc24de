/** Names in sentences: whatever their direction, they change nothing around them. */

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/** Hebrew, Arabic and all other blocks of scripts that are written from right to left. */
const FROM_THE_RIGHT =
	/[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Texts whose values keep their own direction to themselves: without it, the full stop behind an
 * Arabic name stands before it, and two names in one sentence change places. The languages here
 * are written from the left, so that other values are as they were.
 */
export function isolating<T extends object>(texts: T): T {
	const isolated = Object.entries(texts).map(([key, text]) => [
		key,
		isolatingText(text),
	]);
	return Object.assign({ ...texts }, Object.fromEntries(isolated));
}

function isolatingText(text: unknown): unknown {
	if (typeof text === "function")
		return (...values: unknown[]) => text(...values.map(isolate));
	return typeof text === "object" && text !== null ? isolating(text) : text;
}

function isolate(value: unknown): unknown {
	return typeof value === "string" && FROM_THE_RIGHT.test(value)
		? `${FIRST_STRONG_ISOLATE}${value}${POP_ISOLATE}`
		: value;
}
