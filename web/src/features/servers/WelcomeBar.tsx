import { X } from "lucide-react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useStore, welcomed } from "@/stores/index.ts";
import { IconButton } from "@/ui/IconButton.tsx";

/** The first words to whoever has just joined; they stay until put aside or the page is left. */
export function WelcomeBar({ serverId }: { serverId: Id }) {
	const t = useT();
	const name = useStore((state) => state.servers.byId[serverId]?.name ?? "");
	const isNew = useStore((state) => state.ui.joined === serverId);
	if (!isNew) return null;
	return (
		<div
			role="status"
			className="flex items-center gap-2 border-b border-line bg-raised py-1.5 ps-4 pe-2 [--surface:var(--bg-raised)]"
		>
			<p className="grow text-ui font-normal text-ink-2">
				<strong dir="auto" className="font-semibold text-ink-1">
					{t.servers.welcome(name)}
				</strong>{" "}
				{t.servers.welcomeText}
			</p>
			<IconButton label={t.ui.dismiss} onClick={welcomed}>
				<X aria-hidden="true" size={16} />
			</IconButton>
		</div>
	);
}
