import { useEffect, useLayoutEffect, useState } from "react";
import type { Id } from "@/api/types.ts";
import { jumpShown, useStore } from "@/stores/index.ts";
import type { ListRow } from "./listRows.ts";
import type { MessageVirtualizer } from "./useMessageVirtualizer.ts";

/** How long a jumped-to message stays marked; as long as the animation of it. */
const MARKED_MS = 1500;

/** Puts the message that was jumped to in the middle; returns its id while it is marked. */
export function useJumpTarget(
	channelId: Id,
	rows: readonly ListRow[],
	virtual: MessageVirtualizer,
	setActive: (key: string) => void,
): Id | undefined {
	const jump = useStore((state) =>
		state.ui.jump?.channelId === channelId ? state.ui.jump : null,
	);
	const [marked, setMarked] = useState<Id>();

	useLayoutEffect(() => {
		if (!jump) return;
		const index = rows.findIndex(
			(row) => row.kind === "message" && row.id === jump.messageId,
		);
		const row = rows[index];
		if (!row) return;
		virtual.scrollToIndex(index, { align: "center" });
		setActive(row.key);
		setMarked(jump.messageId);
		jumpShown();
	}, [jump, rows, virtual, setActive]);

	useEffect(() => {
		if (!marked) return;
		const timer = setTimeout(() => setMarked(undefined), MARKED_MS);
		return () => clearTimeout(timer);
	}, [marked]);
	return marked;
}
