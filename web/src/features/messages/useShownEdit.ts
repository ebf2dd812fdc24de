import { useLayoutEffect, useRef } from "react";
import { useChatUi } from "./chatUi.ts";
import type { ListRow } from "./listRows.ts";
import type { MessageVirtualizer } from "./useMessageVirtualizer.ts";

/** Goes to the message that somebody wants to change; its box is in the page only near the view. */
export function useShownEdit(
	rows: readonly ListRow[],
	virtual: MessageVirtualizer,
): void {
	const editing = useChatUi((ui) => ui.editing);
	const asked = useChatUi((ui) => ui.asked);
	const shown = useRef(asked);
	useLayoutEffect(() => {
		if (asked === null || asked === shown.current) return;
		const index = rows.findIndex(
			(row) => row.kind === "message" && row.id === editing,
		);
		if (index < 0) return;
		shown.current = asked;
		virtual.scrollToIndex(index, { align: "auto" });
	}, [asked, editing, rows, virtual]);
}
