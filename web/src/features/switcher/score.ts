/**
 * How well a name fits what was typed; 0 is not at all. The whole name beats its beginning, that
 * beats the beginning of a word, and that beats letters in order anywhere.
 */
export function score(typed: string, name: string): number {
	const wanted = typed.toLocaleLowerCase();
	const text = name.toLocaleLowerCase();
	if (text === wanted) return 1000;
	if (text.startsWith(wanted)) return 800 - text.length;
	const word = wordStart(text, wanted);
	if (word >= 0) return 600 - word;
	const inside = text.indexOf(wanted);
	if (inside >= 0) return 400 - inside;
	return inOrder(wanted, text) ? 100 - text.length / 10 : 0;
}

function inOrder(wanted: string, text: string): boolean {
	let at = 0;
	for (const letter of wanted) {
		if (letter === " ") continue;
		at = text.indexOf(letter, at) + 1;
		if (at === 0) return false;
	}
	return true;
}

const BETWEEN_WORDS = new Set([" ", "-", "_", ".", "/"]);

/** Where `wanted` begins a word other than the first; -1 when nowhere. */
function wordStart(text: string, wanted: string): number {
	let at = text.indexOf(wanted, 1);
	while (at > 0 && !BETWEEN_WORDS.has(text[at - 1] ?? ""))
		at = text.indexOf(wanted, at + 1);
	return at;
}
