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
	/** What it speaks of: what is said of it later takes its place. */
	about?: string | undefined;
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
	Pick<Toast, "tone" | "action" | "stays" | "onDismiss" | "about" | "isAway">
>;

/**
 * Shows a short notice and keeps it in the log. One that says the same, or speaks of the same, goes
 * for it, unless something hangs on it. Answers the key of what is shown, by which it can be
 * dismissed.
 */
export function toast(text: string, options: Options = {}): number {
	const { tone = "info", stays = tone === "error" } = options;
	const said: Said = { key: nextKey++, text, tone, at: Date.now() };
	const entry: Toast = { ...options, ...said, stays };
	useToasts.setState(({ shown, log }) => {
		const isOver = (one: Toast) => isRepeated(one, entry);
		const over = shown.filter(isOver);
		const isToldAgain = ({ key }: Said) =>
			over.some((one) => one.key === key && one.text === text);
		return {
			shown: withinMax([...shown.filter((one) => !isOver(one)), entry]),
			log: [...log.filter((one) => !isToldAgain(one)), said].slice(-LOG_MAX),
		};
	});
	announce(text);
	return said.key;
}

function isRepeated(before: Toast, { about, text, ...entry }: Toast): boolean {
	if (about !== undefined) return before.about === about;
	const isFree = (one: Pick<Toast, "action" | "onDismiss">) =>
		!one.action && !one.onDismiss;
	return (
		before.about === undefined &&
		before.text === text &&
		isFree(before) &&
		isFree(entry)
	);
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
	useToasts.setState(({ shown }) => ({
		shown: shown.filter((one) => one.about !== about),
	}));
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
