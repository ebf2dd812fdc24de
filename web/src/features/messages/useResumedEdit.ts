import { useEffect } from "react";
import type { Id } from "@/api/types.ts";
import { selectBegunEdit, useStore } from "@/stores/index.ts";
import { resumeEditing, useChatUi } from "./chatUi.ts";

/** Offers a begun change of a message again, unless another message of the channel is being changed. */
export function useResumedEdit(channelId: Id): void {
	const begun = useStore((state) => selectBegunEdit(state, channelId));
	const editing = useChatUi((ui) => ui.editing);
	const isEditing = useStore(
		({ timelines }) =>
			editing !== undefined &&
			timelines[channelId]?.byId[editing] !== undefined,
	);
	useEffect(() => {
		if (begun !== null && !isEditing) resumeEditing(begun);
	}, [begun, isEditing]);
}
