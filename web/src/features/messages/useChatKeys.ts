import { useEffect } from "react";
import type { Id } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { plainKey } from "@/lib/plainKey.ts";
import { getState, markRead } from "@/stores/index.ts";
import { isDialogOpen } from "@/ui/dialogs.tsx";
import { areKeysHeld } from "@/ui/heldKeys.ts";
import { attempt } from "@/ui/tellFault.ts";
import { beginToWrite } from "./chatUi.ts";

/**
 * Keys of the pane as a whole: Esc goes to the newest message and marks read; a printable key
 * pressed anywhere outside a field begins to write, where there is a box for it.
 */
export function useChatKeys(
	channelId: Id,
	toPresent: () => Promise<void>,
): void {
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.defaultPrevented || isDialogOpen() || isInOverlay()) return;
			if (plainKey(event) === "Escape") {
				void toPresent();
				const { name = "" } = getState().channels.byId[channelId] ?? {};
				void attempt(
					["channelRead", channelId],
					t().notDone.channelRead(name),
					markRead(channelId),
				);
			} else if (
				isPrintable(event) &&
				!isInField(event.target) &&
				!areKeysHeld()
			)
				beginToWrite();
		};
		window.addEventListener("keydown", onKey);
		return () => window.removeEventListener("keydown", onKey);
	}, [channelId, toPresent]);
}

function isPrintable(event: KeyboardEvent): boolean {
	return (
		[...event.key].length === 1 &&
		event.key !== " " &&
		!event.ctrlKey &&
		!event.metaKey &&
		!event.altKey
	);
}

function isInField(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return target.matches("input, textarea, select, [contenteditable], article");
}

function isInOverlay(): boolean {
	return document.querySelector("[role=dialog], [role=menu]") !== null;
}
