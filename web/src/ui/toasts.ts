import { create } from "zustand";
import { onForget } from "@/lib/forget.ts";
import { announce } from "./announce";

export type Toast = {
	key: number;
	text: string;
	tone: "info" | "success" | "error";
	action?: { label: string; run: () => void } | undefined;
	/** Until dismissed, as every error does: who it is for may not be looking at this tab. */
	stays?: boolean | undefined;
	/** It is dismissed by hand, and its action will not be taken. */
	onDismiss?: (() => void) | undefined;
	/** All that it speaks of: what is said of one later is not said here any more. */
	about: readonly string[];
	/** It says that the hub cannot be reached, and goes when it can. */
	isAway?: boolean | undefined;
	at: number;
};

/** What was said, without what could be done about it. */
type Said = Pick<Toast, "key" | "text" | "tone" | "at">;

const SHOWN_MAX = 3;
const LOG_MAX = 50;

export const useToasts = create<{ shown: Toast[]; log: Said[] }>(() => ({
	shown: [],
	log: [],
}));

// What was said to one account is not for the next one.
onForget(() => useToasts.setState({ shown: [], log: [] }));

let nextKey = 1;

type Options = Partial<
	Pick<Toast, "tone" | "action" | "stays" | "onDismiss" | "isAway">
> & { about?: string };

/**
 * Shows a short notice and keeps it in the log. One that says the same goes for it, unless something
 * hangs on it, and it speaks for both; so does one that spoke of nothing else. Answers the key of
 * what is shown, by which it can be dismissed.
 */
export function toast(text: string, options: Options = {}): number {
	const { tone = "info", stays = tone === "error" } = options;
	const said: Said = { key: nextKey++, text, tone, at: Date.now() };
	const about = options.about === undefined ? [] : [options.about];
	const entry: Toast = { ...options, ...said, stays, about };
	useToasts.setState(({ shown, log }) => {
		const over = shown.filter((one) => isRepeated(one, entry));
		const others = shown.filter((one) => !over.includes(one));
		const all = new Set([...over.flatMap((one) => one.about), ...about]);
		const isToldAgain = ({ key }: Said) => over.some((one) => one.key === key);
		return {
			shown: withinMax([
				...about.reduce(withoutAbout, others),
				{ ...entry, about: [...all] },
			]),
			log: [...log.filter((one) => !isToldAgain(one)), said].slice(-LOG_MAX),
		};
	});
	announce(text);
	return said.key;
}

function isRepeated(before: Toast, entry: Toast): boolean {
	const speaksOfSome = ({ about }: Toast) => about.length > 0;
	const isFree = ({ action, onDismiss }: Toast) => !action && !onDismiss;
	return (
		before.text === entry.text &&
		speaksOfSome(before) === speaksOfSome(entry) &&
		isFree(before) &&
		isFree(entry)
	);
}

/** What spoke of that alone goes; what speaks of more stays for the rest. */
function withoutAbout(shown: readonly Toast[], about: string): Toast[] {
	return shown.flatMap((one) => {
		if (!one.about.includes(about)) return [one];
		const rest = one.about.filter((other) => other !== about);
		return rest.length > 0 ? [{ ...one, about: rest }] : [];
	});
}

/**
 * The oldest goes first, and what goes by itself anyway before what is to stay. What somebody has
 * to answer is not taken away by others.
 */
function withinMax(all: Toast[]): Toast[] {
	if (all.length <= SHOWN_MAX) return all;
	const may = all.slice(0, -1).filter((one) => !one.onDismiss);
	const gone = may.find((one) => !one.stays) ?? may[0];
	return all.filter((one) => one !== gone);
}

export function dismissToast(key: number): void {
	useToasts.setState((state) => ({
		shown: state.shown.filter((one) => one.key !== key),
	}));
}

/** What was said of it is not so any more. */
export function dismissAbout(about: string): void {
	useToasts.setState(({ shown }) => ({ shown: withoutAbout(shown, about) }));
}

/** The hub can be reached again. Whoever was told just now that it cannot may read it to its end. */
export function dismissAway(): void {
	const isRead = ({ at }: Toast) => Date.now() - at >= LIFETIME_MS;
	useToasts.setState(({ shown }) => ({
		shown: shown.flatMap((one) => {
			if (!one.isAway) return [one];
			return isRead(one) ? [] : [{ ...one, stays: false, isAway: false }];
		}),
	}));
}

/** Time to read a notice, and to decide about one. */
const LIFETIME_MS = 5000;
const DECISION_MS = 10_000;

/** How long a notice stays: what has to be thought about longer. All of them stand in the log. */
export function lifetimeMs(one: Toast): number | undefined {
	if (one.stays) return undefined;
	return one.action ? DECISION_MS : LIFETIME_MS;
}
