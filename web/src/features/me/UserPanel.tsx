import { LogOut, Settings } from "lucide-react";
import type { ChosenStatus } from "@/api/types.ts";
import { type Catalog, useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { getState, setStatus, useMe, useStore } from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { useBindings } from "@/ui/bindings.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { Menu } from "@/ui/Menu.tsx";
import { type MenuItem, menuOf } from "@/ui/menuItems.ts";
import { attempt } from "@/ui/tellFault.ts";
import { askToSignOut } from "./askToSignOut.tsx";

const CHOICES: readonly ChosenStatus[] = ["online", "idle", "dnd", "invisible"];

/** Me, at the foot of the channel list or of a page without one: presence, name, settings. */
export function UserPanel() {
	const t = useT();
	const keys = useBindings((bindings) => bindings.settings);
	const me = useMe();
	const status = useStore((state) => state.status);
	const isLive = useStore((state) => state.connection.status === "live");
	if (!me) return null;
	const shown = status === "invisible" || !isLive ? "offline" : status;
	return (
		<section
			aria-label={t.people.panel}
			className="flex h-13 shrink-0 items-center gap-1 border-t border-line px-2 max-tablet:h-14"
		>
			<Menu
				label={t.people.statusMenu(t.people.status[status])}
				side="top"
				items={() => statusMenu(t)}
			>
				<button
					type="button"
					className="flex h-10.5 min-w-0 coarse:h-11 grow items-center gap-2.5 rounded-control px-1.5 text-start hover:bg-hover aria-expanded:bg-active"
				>
					<Avatar id={me.id} name={me.display_name} size={32} status={shown} />
					<span className="grid min-w-0">
						<span dir="auto" className="truncate text-ui text-ink-1">
							{me.display_name}
						</span>
						<span className="truncate text-small text-ink-3">
							{t.people.status[isLive ? status : "offline"]}
						</span>
					</span>
				</button>
			</Menu>
			<IconButton
				label={t.people.settings}
				shortcut={keys}
				onClick={() => goTo(paths.allSettings)}
			>
				<Settings aria-hidden="true" size={18} />
			</IconButton>
		</section>
	);
}

function statusMenu(t: Catalog): MenuItem[] {
	const current = getState().status;
	const choices = CHOICES.map(
		(status): MenuItem => ({
			kind: "action",
			label: t.people.status[status],
			...(t.people.statusHint[status]
				? { hint: t.people.statusHint[status] }
				: {}),
			checked: status === current,
			run: () => void attempt(["status"], t.notDone.status, setStatus(status)),
		}),
	);
	return menuOf(
		...choices,
		{ kind: "separator" },
		{
			kind: "action",
			label: t.people.signOut,
			icon: LogOut,
			run: askToSignOut,
		},
	);
}
