/** What a new server still lacks, and what its owner has put aside. Kept on this device. */
import { create } from "zustand";
import type { Id } from "@/api/types.ts";
import {
	type State,
	selectIsOwner,
	useShallowStore,
	useStore,
} from "@/stores/index.ts";

const KEY = "battala.first-steps";
/** A server older than this has found its own way. */
const NEW_FOR_MS = 14 * 86_400_000;

const STEPS = ["invite", "message", "channel"] as const;
export type Step = (typeof STEPS)[number];

/** `invited`: a link was copied; `hidden`: the owner needs no list. */
type Mark = "invited" | "hidden";

const useMarks = create<Record<Id, Mark[]>>(recall);

/** Notes a mark of a server of mine. */
export function markServer(serverId: Id, mark: Mark): void {
	const marks = useMarks.getState()[serverId] ?? [];
	if (marks.includes(mark)) return;
	useMarks.setState({ [serverId]: [...marks, mark] });
	try {
		localStorage.setItem(KEY, JSON.stringify(useMarks.getState()));
	} catch {
		// The mark then lasts as long as the page.
	}
}

/** The steps of a new server of mine with whether they are taken; empty when there is no list to show. */
export function useFirstSteps(
	serverId: Id,
	now: number,
): readonly { name: Step; isDone: boolean }[] {
	const marks = useMarks((all) => all[serverId] ?? none);
	const isNewOwn = useStore((state) => {
		const madeAt = state.servers.byId[serverId]?.details?.created_at;
		return (
			madeAt !== undefined &&
			now - madeAt < NEW_FOR_MS &&
			selectIsOwner(state, serverId)
		);
	});
	const done = useShallowStore((state) =>
		STEPS.filter((step) => isTaken[step](state, serverId)),
	);
	if (!isNewOwn || marks.includes("hidden")) return [];
	return STEPS.map((name) => ({
		name,
		isDone:
			done.includes(name) || (name === "invite" && marks.includes("invited")),
	}));
}

const none: Mark[] = [];

const isTaken: Record<Step, (state: State, serverId: Id) => boolean> = {
	invite: (state, id) =>
		(state.members[id]?.total ?? 0) > 1 ||
		(state.servers.byId[id]?.memberCount ?? 0) > 1,
	message: (state, id) =>
		(state.channels.byServer[id] ?? []).some(
			(channel) => state.tracks[channel]?.lastMessageId != null,
		),
	channel: (state, id) => (state.channels.byServer[id]?.length ?? 0) > 1,
};

function recall(): Record<Id, Mark[]> {
	try {
		const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
		return Object.fromEntries(
			Object.entries(stored ?? {}).map(([id, marks]) => [
				id,
				Array.isArray(marks) ? marks.filter(isMark) : [],
			]),
		);
	} catch {
		return {};
	}
}

function isMark(value: unknown): value is Mark {
	return value === "invited" || value === "hidden";
}
