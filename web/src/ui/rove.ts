import type { KeyboardEvent } from "react";
import { plainKey } from "@/lib/plainKey.ts";

const STEPS: Record<string, Record<string, number>> = {
	vertical: { ArrowUp: -1, ArrowDown: 1 },
	horizontal: { ArrowLeft: -1, ArrowRight: 1 },
};

/**
 * Roving focus for a short list that is one tab stop: arrows, Home and End move among the elements
 * marked `data-rove`, and the one that has the focus becomes the stop.
 */
export function rove(
	event: KeyboardEvent,
	list: HTMLElement | null,
	axis: "vertical" | "horizontal",
): void {
	const stops = [...(list?.querySelectorAll<HTMLElement>("[data-rove]") ?? [])];
	const from = stops.findIndex((stop) => stop.contains(document.activeElement));
	if (from < 0) return;
	const to = target(plainKey(event), from, stops.length, axis);
	if (to === undefined) return;
	event.preventDefault();
	for (const stop of stops) stop.tabIndex = -1;
	const next = stops[to];
	if (!next) return;
	next.tabIndex = 0;
	next.focus();
	next.scrollIntoView({ block: "nearest" });
}

function target(
	key: string,
	from: number,
	count: number,
	axis: string,
): number | undefined {
	if (key === "Home") return 0;
	if (key === "End") return count - 1;
	const step = STEPS[axis]?.[key];
	if (step === undefined) return undefined;
	return Math.min(Math.max(from + step, 0), count - 1);
}
