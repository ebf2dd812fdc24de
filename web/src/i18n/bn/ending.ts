/** Keeps what stands on its two sides on one line. */
const WORD_JOINER = "\u2060";

/** A name with its case ending: one word, which no line may break at the hyphen. */
export function ended(name: string, ending: "এ" | "এর" | "কে"): string {
	return `${name}-${WORD_JOINER}${ending}`;
}
