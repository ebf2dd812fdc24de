import { useEffect, useRef } from "react";
import type { Place } from "@/lib/paths.ts";
import { useMe } from "@/stores/index.ts";
import { loadBindings } from "@/ui/bindings.ts";
import { isDialogOpen } from "@/ui/dialogs.tsx";
import { releaseKeys } from "@/ui/heldKeys.ts";
import { actionFor } from "./keymap.ts";

/** The keys of the whole client. Keys of a list or field live with it. */
export function useKeyboard(place: Place): void {
	const latest = useRef(place);
	latest.current = place;
	const userId = useMe()?.id;
	useEffect(() => (userId ? loadBindings(userId) : undefined), [userId]);
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.defaultPrevented || event.isComposing || isDialogOpen()) return;
			const action = actionFor(event);
			if (!action) return;
			event.preventDefault();
			releaseKeys();
			action(latest.current);
		};
		window.addEventListener("keydown", onKey);
		return () => window.removeEventListener("keydown", onKey);
	}, []);
}
