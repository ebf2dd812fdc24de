/**
 * What is being typed in a form that may be taken from under the fingers of whoever types there. Only
 * forms that say so are heard: words may be secret.
 */
import { useEffect, useRef } from "react";

const forms = new Set<() => readonly string[]>();

/** Says what has been typed and would be lost with this form. */
export function useTypedWords(words: readonly string[]): void {
	const latest = useRef(words);
	latest.current = words;
	useEffect(() => {
		const read = () => latest.current;
		forms.add(read);
		return () => {
			forms.delete(read);
		};
	}, []);
}

/** All that has been typed in the forms that are there; "" when there is nothing. */
export function typedWords(): string {
	return [...forms]
		.flatMap((read) => read())
		.filter((text) => text.trim())
		.join("\n\n");
}
