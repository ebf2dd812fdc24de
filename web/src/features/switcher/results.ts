/** What the quick switcher finds. Pure but for the actions that a result runs. */
import { Hash, type LucideIcon, Server, User, Zap } from "lucide-react";
import type { Id } from "@/api/types.ts";
import type { Catalog } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { type State, selectChannels, selectIsUnread } from "@/stores/index.ts";
import { type Person, peopleOf } from "./people.ts";
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

/** What is offered besides places. */
export type Offers = {
	actions: readonly NamedAction[];
	openPerson: (person: Person) => void;
};

const PREFIXES: Record<string, Result["kind"]> = {
	"#": "channel",
	"*": "server",
	"@": "person",
	">": "action",
};

const SHOWN_MAX = 50;
/** What a place gains for each step that it was opened later than others. */
const RECENT_POINTS = 2;

/** The sign that a query begins with to find one kind only, else nothing. */
export function prefixOf(query: string): string {
	const first = query[0] ?? "";
	return first in PREFIXES ? first : "";
}

/** Matches in order of how well they fit; without words, what is unread and recent comes first. */
export function resultsFor(
	query: string,
	state: State,
	t: Catalog,
	offers: Offers,
): Result[] {
	const prefix = prefixOf(query);
	const kind = PREFIXES[prefix];
	const words = query.slice(prefix.length).trim();
	const all = candidates(state, t, offers).filter(
		(one) => !kind || one.kind === kind,
	);
	if (words === "") return browse(all, state, kind).slice(0, SHOWN_MAX);
	return all
		.map((result) => ({ result, fit: fitOf(words, result) }))
		.filter(({ fit }) => fit > 0)
		.map(({ result, fit }) => ({
			result,
			points: fit + RECENT_POINTS * (state.recent.indexOf(result.key) + 1),
		}))
		.sort((a, b) => b.points - a.points)
		.slice(0, SHOWN_MAX)
		.map(({ result }) => result);
}

/** A person is also found by the name to sign in with. */
function fitOf(words: string, { kind, name, detail }: Result): number {
	const fit = score(words, name);
	return kind === "person" ? Math.max(fit, score(words, detail.slice(1))) : fit;
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

function candidates(state: State, t: Catalog, offers: Offers): Result[] {
	return [
		...state.servers.order.flatMap((id) => placesOf(state, t, id)),
		...peopleOf(state).map(
			(person): Result => ({
				key: `person:${person.user.id}`,
				kind: "person",
				icon: User,
				name: person.user.display_name,
				detail: `@${person.user.username}`,
				run: () => offers.openPerson(person),
			}),
		),
		...offers.actions.map(
			({ name, run }): Result => ({
				key: `action:${name}`,
				kind: "action",
				icon: Zap,
				name,
				detail: t.app.switcher.action,
				run,
			}),
		),
	];
}

/** A server's channels, then the server itself. */
function placesOf(state: State, t: Catalog, serverId: Id): Result[] {
	const server = state.servers.byId[serverId];
	if (!server) return [];
	const channels = selectChannels(state, serverId).map(
		({ id, name }): Result => ({
			key: id,
			kind: "channel",
			icon: Hash,
			name,
			detail: t.app.switcher.in(server.name),
			isUnread: selectIsUnread(state, id),
			run: () => goTo(paths.channel(serverId, id)),
		}),
	);
	const whole: Result = {
		key: `server:${serverId}`,
		kind: "server",
		icon: Server,
		name: server.name,
		detail: t.app.switcher.server,
		run: () => goTo(paths.server(serverId)),
	};
	return [...channels, whole];
}
