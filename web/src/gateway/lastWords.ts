/**
 * What was typed in the moment before the page went. A database write that begins then is thrown
 * away with the page; this storage is written at once. It holds a text only until the next start.
 */
import type { Id } from "@/api/types.ts";

const KEY = "battala.last-words";

type Words = { userId: Id; drafts: Record<Id, string> };

export function keepLastWords(words: Words): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(words));
	} catch {
		// Closed or full storage: what the database has must do.
	}
}

/** The words of that account, which are forgotten by this. */
export function takeLastWords(userId: Id): Record<Id, string> {
	try {
		const words: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
		dropLastWords();
		return isWords(words) && words.userId === userId ? words.drafts : {};
	} catch {
		return {};
	}
}

export function dropLastWords(): void {
	try {
		localStorage.removeItem(KEY);
	} catch {
		// Then there are none.
	}
}

function isWords(value: unknown): value is Words {
	return (
		typeof value === "object" &&
		value !== null &&
		"userId" in value &&
		"drafts" in value &&
		typeof value.drafts === "object" &&
		value.drafts !== null &&
		Object.values(value.drafts).every((text) => typeof text === "string")
	);
}
