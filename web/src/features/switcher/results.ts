/** What the quick switcher finds. Pure but for the actions that a result runs. */
import { Hash, type LucideIcon, Server, User, Zap } from "lucide-react";
import type { Catalog } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { type State, selectChannels, selectIsUnread } from "@/stores/index.ts";
import { score } from "./score.ts";

export type Result = {
	key: string;
	kind: "channel" | "server" | "person" | "action";
	icon: LucideIcon;
	name: string;
	detail: string;
	isUnread?: boolean;
	run: () => void;
};

export type NamedAction = { name: string; run: () => void };

const PREFIXES: Record<string, Result["kind"]> = {
	"#": "channel",
	"*": "server",
	"@": "person",
	">": "action",
};

const SHOWN_MAX = 50;

/** Matches in order of how well they fit; without words, what is unread and recent comes first. */
export function resultsFor(
	query: string,
	state: State,
	t: Catalog,
	actions: readonly NamedAction[],
): Result[] {
	const kind = PREFIXES[query[0] ?? ""];
	const words = (kind ? query.slice(1) : query).trim();
	const all = candidates(state, t, actions).filter(
		(one) => !kind || one.kind === kind,
	);
	if (words === "") return browse(all, state, kind).slice(0, SHOWN_MAX);
	return all
		.map((result) => ({ result, points: score(words, result.name) }))
		.filter(({ points }) => points > 0)
		.sort((a, b) => b.points - a.points)
		.slice(0, SHOWN_MAX)
		.map(({ result }) => result);
}

function browse(
	all: Result[],
	state: State,
	kind: Result["kind"] | undefined,
): Result[] {
	if (kind) return all;
	const rank = (result: Result) => {
		if (result.kind !== "channel") return 0;
		const recent = state.recent.indexOf(result.key) + 1;
		return (result.isUnread ? 1000 : 0) + recent;
	};
	return all
		.filter((result) => rank(result) > 0 || result.kind === "server")
		.sort((a, b) => rank(b) - rank(a));
}

function candidates(
	state: State,
	t: Catalog,
	actions: readonly NamedAction[],
): Result[] {
	const { order, byId } = state.servers;
	const found: Result[] = [];
	for (const serverId of order) {
		const server = byId[serverId];
		if (!server) continue;
		for (const channel of selectChannels(state, serverId))
			found.push({
				key: channel.id,
				kind: "channel",
				icon: Hash,
				name: channel.name,
				detail: t.app.switcher.in(server.name),
				isUnread: selectIsUnread(state, channel.id),
				run: () => goTo(paths.channel(serverId, channel.id)),
			});
		found.push({
			key: `server:${serverId}`,
			kind: "server",
			icon: Server,
			name: server.name,
			detail: t.app.switcher.server,
			run: () => goTo(paths.server(serverId)),
		});
	}
	for (const { user } of Object.values(state.members).flatMap(({ rows }) =>
		Object.values(rows),
	))
		if (!found.some(({ key }) => key === `person:${user.id}`))
			found.push({
				key: `person:${user.id}`,
				kind: "person",
				icon: User,
				name: user.display_name,
				detail: `@${user.username}`,
				run: () => {},
			});
	for (const action of actions)
		found.push({
			key: `action:${action.name}`,
			kind: "action",
			icon: Zap,
			name: action.name,
			detail: t.app.switcher.action,
			run: action.run,
		});
	return found;
}
