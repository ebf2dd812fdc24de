import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { loadServer, useStore } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { attempt } from "@/ui/tellFault.ts";

/** In the place of channels that the hub has not told: it goes on without a server that it cannot read. */
export function NotLoadedList({ serverId }: { serverId: Id }) {
	const t = useT();
	const name = useStore((state) => state.servers.byId[serverId]?.name ?? "");
	const load = () =>
		void attempt(
			["serverLoaded", serverId],
			t.notDone.serverLoaded(name),
			loadServer(serverId),
		);
	return (
		<div className="grid justify-items-center gap-2 px-4 py-6 text-center">
			<p className="text-ui">{t.servers.notLoaded}</p>
			<p className="text-small text-ink-3">{t.servers.notLoadedHint}</p>
			<Button onClick={load}>{t.ui.retry}</Button>
		</div>
	);
}
