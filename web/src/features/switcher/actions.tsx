import { useMemo } from "react";
import type { ChosenStatus } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import {
	getState,
	markRead,
	selectIsUnread,
	setStatus,
} from "@/stores/index.ts";
import { setLooks } from "@/ui/looks.ts";
import { attempt } from "@/ui/tellFault.ts";
import type { NamedAction } from "./results.ts";

const STATUSES: readonly ChosenStatus[] = [
	"online",
	"idle",
	"dnd",
	"invisible",
];

/** What can be done, not gone to: themes, status, pages of the settings, reading everything. */
export function useActions(): readonly NamedAction[] {
	const t = useT();
	return useMemo(
		() => [
			{
				name: t.app.actions.openSettings,
				run: () => goTo(paths.allSettings),
			},
			{
				name: t.settings.tabs.appearance,
				run: () => goTo(paths.settings("appearance")),
			},
			{
				name: t.settings.tabs.sessions,
				run: () => goTo(paths.settings("sessions")),
			},
			{
				name: t.settings.tabs.language,
				run: () => goTo(paths.settings("language")),
			},
			{
				name: t.app.actions.keyboard,
				run: () => goTo(paths.settings("keyboard")),
			},
			{ name: t.app.actions.themeDark, run: () => setLooks({ theme: "dark" }) },
			{
				name: t.app.actions.themeLight,
				run: () => setLooks({ theme: "light" }),
			},
			{
				name: t.app.actions.themeSystem,
				run: () => setLooks({ theme: "system" }),
			},
			...STATUSES.map((status) => ({
				name: t.people.status[status],
				run: () =>
					void attempt(["status"], t.notDone.status, setStatus(status)),
			})),
			{
				name: t.app.actions.markAllRead,
				run: () => void attempt(["allRead"], t.notDone.allRead, markAllRead()),
			},
		],
		[t],
	);
}

async function markAllRead(): Promise<void> {
	const state = getState();
	const unread = Object.keys(state.channels.byId).filter((id) =>
		selectIsUnread(state, id),
	);
	for (const id of unread) await markRead(id);
}
