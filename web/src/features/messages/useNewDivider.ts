import { useLayoutEffect, useRef } from "react";
import type { ListRow } from "./listRows.ts";
import type { MessageVirtualizer } from "./useMessageVirtualizer.ts";

/**
 * Brings the unread divider into sight when it moves to a row that is seen: who marks the first row
 * of the view would otherwise see nothing of it.
 */
export function useNewDivider(
	rows: readonly ListRow[],
	divider: number,
	virtual: MessageVirtualizer,
): void {
	const next = divider < 0 ? undefined : rows[divider + 1]?.key;
	const last = useRef(next);
	useLayoutEffect(() => {
		if (last.current === next) return;
		last.current = next;
		const mark = virtual.measurementsCache[divider];
		const marked = virtual.measurementsCache[divider + 1];
		const top = virtual.scrollElement?.scrollTop ?? 0;
		if (mark && marked && mark.start < top && top < marked.end)
			virtual.scrollToIndex(divider, { align: "start" });
	}, [next, divider, virtual]);
}
