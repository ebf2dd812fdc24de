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

/**
 * Shows a short notice and keeps it in the log. A repeat of the newest text is not shown twice,
 * unless something hangs on it. Answers the key of what is shown, by which it can be dismissed.
 */
export function toast(
	text: string,
	{
		tone = "info",
		action,
		stays = tone === "error",
		onDismiss,
	}: Partial<Pick<Toast, "tone" | "action" | "stays" | "onDismiss">> = {},
): number {
	const { shown } = useToasts.getState();
	const newest = shown.at(-1);
	if (newest?.text === text && !onDismiss && !action) return newest.key;
	const said: Said = { key: nextKey++, text, tone, at: Date.now() };
	const entry: Toast = { ...said, action, stays, onDismiss };
	useToasts.setState((state) => ({
		shown: withinMax([...state.shown, entry]),
		log: [...state.log, said].slice(-LOG_MAX),
	}));
	announce(text);
	return said.key;
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

/** How long a notice stays: what has to be thought about longer. All of them stand in the log. */
export function lifetimeMs(one: Toast): number | undefined {
	if (one.stays) return undefined;
	return one.action ? 10_000 : 5_000;
}
