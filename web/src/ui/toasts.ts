import { create } from "zustand";
import { announce } from "./announce";

export type Toast = {
	key: number;
	text: string;
	tone: "info" | "success" | "error";
	action?: { label: string; run: () => void } | undefined;
	/** Until dismissed, as every error does: who it is for may not be looking at this tab. */
	stays?: boolean | undefined;
	at: number;
};

const SHOWN_MAX = 3;
const LOG_MAX = 50;

export const useToasts = create<{ shown: Toast[]; log: Toast[] }>(() => ({
	shown: [],
	log: [],
}));

let nextKey = 1;

/** Shows a short notice and keeps it in the log. A repeat of the newest text is not shown twice. */
export function toast(
	text: string,
	{
		tone = "info",
		action,
		stays = tone === "error",
	}: Partial<Pick<Toast, "tone" | "action" | "stays">> = {},
): void {
	const { shown } = useToasts.getState();
	if (shown.at(-1)?.text === text) return;
	const entry: Toast = {
		key: nextKey++,
		text,
		tone,
		action,
		stays,
		at: Date.now(),
	};
	useToasts.setState((state) => ({
		shown: withinMax([...state.shown, entry]),
		log: [...state.log, entry].slice(-LOG_MAX),
	}));
	announce(text);
}

/** The oldest goes first, and what goes by itself anyway before what is to stay. */
function withinMax(all: Toast[]): Toast[] {
	if (all.length <= SHOWN_MAX) return all;
	const gone = all.slice(0, -1).find((one) => !one.stays) ?? all[0];
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
