import { useEffect } from "react";
import { useT } from "@/i18n/index.ts";
import type { Place } from "@/lib/paths.ts";
import { lostShown, useStore } from "@/stores/index.ts";
import { closeAllDialogs } from "@/ui/dialogs.tsx";
import { toast } from "@/ui/toasts.ts";

/** One notice when I lose a server; its dialogs close, and the neutral page takes its place. */
export function useLostServer(place: Place): void {
	const t = useT();
	const lost = useStore((state) => state.ui.lost);
	useEffect(() => {
		if (!lost) return;
		toast(t.servers.lost[lost.reason](lost.name));
		lostShown();
		if ("serverId" in place) closeAllDialogs();
	}, [lost, t, place]);
}
