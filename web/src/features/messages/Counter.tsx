import { limits } from "@/api/limits.ts";
import { useT } from "@/i18n/index.ts";

/** Shown from here on, as part of the limit. */
const FROM = 0.9;

/** Length as the hub counts: characters, not UTF-16 units. */
export function lengthOf(text: string): number {
	// The units are an upper bound; counting exactly matters only near the limit.
	if (text.length < limits.messageCharsMax * FROM) return text.length;
	let length = 0;
	for (const _ of text) length++;
	return length;
}

/** How much room is left near the limit, and by how much a text is over it. */
export function Counter({ length }: { length: number }) {
	const t = useT();
	const left = limits.messageCharsMax - length;
	if (length < limits.messageCharsMax * FROM) return null;
	return (
		<p
			role={left < 0 ? "alert" : undefined}
			className={`text-small tabular ${left < 0 ? "text-danger" : "text-ink-3"}`}
		>
			{left < 0
				? `${t.chat.tooLong(-left)} · ${t.chat.charsMost(limits.messageCharsMax)}`
				: t.chat.charsLeft(left)}
		</p>
	);
}
