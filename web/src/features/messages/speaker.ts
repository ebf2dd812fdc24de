import { plainText } from "./markdown/parse.ts";

/** At most one announcement in this time; what comes meanwhile is counted. */
const QUIET_MS = 3000;
const CHARS_MAX = 140;

type Voice = {
	say: (text: string) => void;
	one: (author: string, text: string) => string;
	many: (count: number) => string;
	/** What is said for words that are hidden. */
	hidden: () => string;
};

/** Turns a stream of messages into announcements that can be followed. Knows no page. */
export function createSpeaker({ say, one, many, hidden }: Voice) {
	let waiting: { author: string; text: string }[] = [];
	let timer: ReturnType<typeof setTimeout> | undefined;

	const speak = () => {
		timer = undefined;
		const [first] = waiting;
		if (!first) return;
		if (waiting.length === 1)
			say(one(first.author, shorten(plainText(first.text, hidden()))));
		else say(many(waiting.length));
		waiting = [];
		timer = setTimeout(speak, QUIET_MS);
	};

	return {
		add(author: string, text: string): void {
			waiting.push({ author, text });
			if (timer === undefined) speak();
		},
		stop(): void {
			clearTimeout(timer);
			timer = undefined;
			waiting = [];
		},
	};
}

function shorten(text: string): string {
	return text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX - 1)}…` : text;
}
