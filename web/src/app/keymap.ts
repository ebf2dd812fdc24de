/** What the keys of the whole client do; which keys these are, the reader chooses (`ui/bindings.ts`). */
import { createElement } from "react";
import { markServerRead } from "@/features/servers/serverMenu.tsx";
import { comboOf } from "@/lib/keys.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import { type Place, paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { getState, selectChannels, selectIsUnread } from "@/stores/index.ts";
import { type PageActionId, pageActionOf } from "@/ui/bindings.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { lastChannelOf } from "./lastPlace.ts";
import { openSwitcher } from "./openSwitcher.tsx";

const KeyboardHelp = lazyPart(() => import("@/features/help/KeyboardHelp.tsx"));

function openHelp(): void {
	openDialog((onClose) => createElement(KeyboardHelp, { onClose }));
}

type Run = (place: Place) => void;

/** What the actions do whose keys the reader may choose. */
const actions: Record<PageActionId, Run> = {
	switcher: openSwitcher,
	help: openHelp,
	settings: () => goTo(paths.allSettings),
	nextChannel: (place) => moveChannel(place, 1, false),
	previousChannel: (place) => moveChannel(place, -1, false),
	nextUnread: (place) => moveChannel(place, 1, true),
	previousUnread: (place) => moveChannel(place, -1, true),
	nextServer: (place) => moveServer(place, 1),
	previousServer: (place) => moveServer(place, -1),
	markServerRead: (place) => {
		if ("serverId" in place) void markServerRead(place.serverId);
	},
};

/** What cannot be moved to other keys: the ways through the window itself. */
const fixed: Record<string, Run> = {
	F6: () => moveLandmark(1),
	"Shift+F6": () => moveLandmark(-1),
};

/** What a press does in the whole client, if anything. */
export function actionFor(event: KeyboardEvent): Run | undefined {
	const combo = comboOf(event);
	if (combo === null) return undefined;
	const id = pageActionOf(combo);
	return id ? actions[id] : fixed[combo];
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
