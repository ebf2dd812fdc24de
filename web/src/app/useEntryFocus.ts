import { useEffect } from "react";
import type { Id } from "@/api/types.ts";
import { isDialogOpen } from "@/ui/dialogs.tsx";
import { areKeysHeld } from "@/ui/heldKeys.ts";

let lastInput: "pointer" | "keyboard" = "pointer";

if (typeof window !== "undefined") {
	window.addEventListener(
		"pointerdown",
		() => {
			lastInput = "pointer";
		},
		true,
	);
	window.addEventListener(
		"keydown",
		() => {
			lastInput = "keyboard";
		},
		true,
	);
}

/**
 * Where the focus goes when a channel opens: to writing after a press, to the heading after a key.
 * With a finger it stays, so that the keyboard does not rise by itself. Whoever was led here without
 * asking is still writing to others: they get the heading.
 */
export function useEntryFocus(channelId: Id, isHere: boolean): void {
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new channel is a new entry
	useEffect(() => {
		if (!isHere || isDialogOpen()) return;
		const isLed = areKeysHeld();
		const isTouch = window.matchMedia("(pointer: coarse)").matches;
		if (isTouch && !isLed) return;
		const target =
			isLed || lastInput === "keyboard"
				? document.querySelector("h1")
				: document.getElementById("composer");
		if (target instanceof HTMLElement) target.focus({ preventScroll: true });
	}, [channelId, isHere]);
}
