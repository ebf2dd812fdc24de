import { type RefObject, useEffect, useState } from "react";
import type { Id } from "@/api/types.ts";

export type Side = "above" | "below";

/**
 * Which rows of a list cannot be seen because its pane is scrolled, by the `data-channel` of the
 * row. `rows` names the list's content: when it changes, the rows are looked at anew.
 */
export function useOffscreen(
	list: RefObject<HTMLElement | null>,
	rows: unknown,
): Readonly<Record<Id, Side>> {
	const [sides, setSides] = useState<Record<Id, Side>>({});
	// biome-ignore lint/correctness/useExhaustiveDependencies: `rows` stands for the list's children
	useEffect(() => {
		const pane = list.current?.parentElement;
		if (!pane) return;
		setSides({});
		const observer = new IntersectionObserver(
			(entries) =>
				setSides((before) =>
					entries.reduce((next, entry) => withRow(next, entry), before),
				),
			{ root: pane },
		);
		for (const row of pane.querySelectorAll("[data-channel]"))
			observer.observe(row);
		return () => observer.disconnect();
	}, [list, rows]);
	return sides;
}

function withRow(
	sides: Record<Id, Side>,
	{
		target,
		isIntersecting,
		boundingClientRect,
		rootBounds,
	}: IntersectionObserverEntry,
): Record<Id, Side> {
	const id = target.getAttribute("data-channel") ?? "";
	const { [id]: before, ...others } = sides;
	if (isIntersecting) return before ? others : sides;
	const isAbove = boundingClientRect.top < (rootBounds?.top ?? 0);
	return { ...others, [id]: isAbove ? "above" : "below" };
}
