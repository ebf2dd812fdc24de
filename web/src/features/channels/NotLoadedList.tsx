import type { Id } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import { loadServer } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { toast } from "@/ui/toasts.ts";

/** In the place of channels that the hub has not told: it goes on without a server that it cannot read. */
export function NotLoadedList({ serverId }: { serverId: Id }) {
	const t = useT();
	const load = () =>
		void loadServer(serverId).catch((error: unknown) =>
			toast(errorText(t, error), { tone: "error" }),
		);
	return (
		<div className="grid justify-items-center gap-2 px-4 py-6 text-center">
			<p className="text-ui">{t.servers.notLoaded}</p>
			<p className="text-small text-ink-3">{t.servers.notLoadedHint}</p>
			<Button onClick={load}>{t.ui.retry}</Button>
		</div>
	);
}
