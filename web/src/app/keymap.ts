/** Keys of the client as data: what they are called, what they do. The help shows the same table. */
import { createElement, lazy } from "react";
import { markServerRead } from "@/features/servers/serverMenu.tsx";
import { type Place, paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { getState, selectChannels, selectIsUnread } from "@/stores/index.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { lastChannelOf } from "./lastPlace.ts";

const Switcher = lazy(() => import("@/features/switcher/Switcher.tsx"));
const KeyboardHelp = lazy(() => import("@/features/help/KeyboardHelp.tsx"));

export type KeyAction = {
	/** As `Keys` shows it: `Mod` is Ctrl or ⌘. */
	combo: string;
	run: (place: Place) => void;
};

function openSwitcher(): void {
	openDialog((onClose) => createElement(Switcher, { onClose }));
}

function openHelp(): void {
	openDialog((onClose) => createElement(KeyboardHelp, { onClose }));
}

const actions: readonly KeyAction[] = [
	{ combo: "Mod+K", run: openSwitcher },
	{ combo: "Mod+/", run: openHelp },
	{ combo: "Mod+,", run: () => goTo(paths.settings("profile")) },
	{ combo: "F6", run: () => moveLandmark(1) },
	{ combo: "Shift+F6", run: () => moveLandmark(-1) },
	{ combo: "Alt+ArrowDown", run: (place) => moveChannel(place, 1, false) },
	{ combo: "Alt+ArrowUp", run: (place) => moveChannel(place, -1, false) },
	{ combo: "Alt+Shift+ArrowDown", run: (place) => moveChannel(place, 1, true) },
	{ combo: "Alt+Shift+ArrowUp", run: (place) => moveChannel(place, -1, true) },
	{ combo: "Mod+Alt+ArrowDown", run: (place) => moveServer(place, 1) },
	{ combo: "Mod+Alt+ArrowUp", run: (place) => moveServer(place, -1) },
	{
		combo: "Shift+Escape",
		run: (place) => {
			if ("serverId" in place) void markServerRead(place.serverId);
		},
	},
];

const byCombo = new Map(
	actions.map((action) => [action.combo.toLowerCase(), action]),
);

export function actionFor(event: KeyboardEvent): KeyAction | undefined {
	const parts = [
		event.ctrlKey || event.metaKey ? "mod" : "",
		event.altKey ? "alt" : "",
		event.shiftKey ? "shift" : "",
		event.key.toLowerCase(),
	];
	return byCombo.get(parts.filter(Boolean).join("+"));
}

const LANDMARKS = ["rail", "channels", "messages", "composer", "members"];

/** The next part of the window that is there. */
function moveLandmark(step: number): void {
	const parts = LANDMARKS.flatMap((id) => document.getElementById(id) ?? []);
	const from = parts.findIndex((part) => part.contains(document.activeElement));
	const next = parts[(from + step + parts.length) % parts.length];
	// The stop of a list, so that its arrows work at once.
	const stop = next?.querySelector<HTMLElement>('[tabindex="0"]');
	(stop ?? next)?.focus();
}

function moveChannel(place: Place, step: number, onlyUnread: boolean): void {
	if (!("serverId" in place)) return;
	const state = getState();
	const channels = selectChannels(state, place.serverId);
	const from = channels.findIndex(
		({ id }) => place.kind === "channel" && id === place.channelId,
	);
	for (let at = 1; at <= channels.length; at++) {
		const next = channels.at(
			(from + step * at + channels.length * 2) % channels.length,
		);
		if (!next || (onlyUnread && !selectIsUnread(state, next.id))) continue;
		return goTo(paths.channel(place.serverId, next.id));
	}
}

function moveServer(place: Place, step: number): void {
	const { order } = getState().servers;
	const from = "serverId" in place ? order.indexOf(place.serverId) : -1;
	const next = order[(from + step + order.length) % order.length];
	if (!next) return;
	const channel = lastChannelOf(next);
	goTo(channel ? paths.channel(next, channel) : paths.server(next));
}
