import { useState } from "react";
import type { Id } from "@/api/types.ts";
import {
	selectIsNewsBefore,
	selectUnmovedEntry,
	useStore,
} from "@/stores/index.ts";

/** Where the unread divider stands: not among the rows, further up than what is seen, or in reach. */
export type DividerPlace = "absent" | "above" | "reached";

/**
 * Whether the reader has come in past the beginning of what is new, and has not been there since.
 * For as long as that is so, seeing the end makes nothing read: it is not all that is new. Whoever
 * was led there, as `noteLed` says, has been there, however high what begins there is.
 */
export function useIsPast(
	channelId: Id,
	divider: DividerPlace,
): { isPast: boolean; noteLed: () => void } {
	const entry = useStore((state) => selectUnmovedEntry(state, channelId));
	const isBefore = useStore((state) => selectIsNewsBefore(state, channelId));
	const [seen, setSeen] = useState<string>();
	const beginning = entry ? `${entry.at} ${entry.lastReadId}` : undefined;
	if (divider === "reached" && beginning !== seen) setSeen(beginning);
	const isPast =
		beginning !== undefined &&
		seen !== beginning &&
		(isBefore || divider === "above");
	return { isPast, noteLed: () => setSeen(beginning) };
}
