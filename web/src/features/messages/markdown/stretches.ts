/** Stretches of code with their colours, and the memory of those that were coloured. */
import { onForget } from "@/lib/forget.ts";

export type Hue =
	| "word"
	| "text"
	| "value"
	| "name"
	| "aside"
	| "added"
	| "removed";

export type Stretch = { text: string; hue: Hue | undefined };

/** Rows come and go while one scrolls; their colours stay for so many blocks. */
const KEPT_MAX = 200;
const kept = new Map<string, readonly Stretch[]>();
onForget(() => kept.clear());

const keyOf = (code: string, language: string) => `${language}\n${code}`;

/** What is known already, so that a block that comes back does not turn coloured before the eyes. */
export function recall(
	code: string,
	language: string,
): readonly Stretch[] | undefined {
	return kept.get(keyOf(code, language));
}

export function remember(
	code: string,
	language: string,
	stretches: readonly Stretch[],
): void {
	kept.set(keyOf(code, language), stretches);
	const [oldest] = kept.keys();
	if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
}

/** The first lines, without the break after the last of them. */
export function firstLines(
	stretches: readonly Stretch[],
	lines: number,
): Stretch[] {
	const shown: Stretch[] = [];
	let left = lines;
	for (const { text, hue } of stretches) {
		const parts = text.split("\n");
		const part = parts.slice(0, left).join("\n");
		shown.push({ text: part, hue });
		left -= parts.length - 1;
		if (left <= 0) break;
	}
	return shown;
}
