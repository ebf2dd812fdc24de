/**
 * Servers, channels and invites. Changes show when their event comes, which
 * alone is ordered; only what a caller goes to next is taken from the answer.
 */
import type {
	Channel,
	CreateChannel,
	CreateInvite,
	Id,
	Invite,
	InvitePreview,
	Member,
	RemovalReason,
	ServerState,
	UpdateChannel,
} from "@/api/types.ts";
import { onForget } from "@/lib/forget.ts";
import type { Input } from "../inputs.ts";
import { ports } from "../ports.ts";
import { dispatch, dispatchLocal, getState } from "../store.ts";

export async function createServer(name: string): Promise<ServerState> {
	return takeServer(await ports().api.servers.create(name));
}

/** Reads a server, where a change elsewhere may not have told this device. */
export async function loadServer(id: Id): Promise<ServerState> {
	return takeServer(await ports().api.servers.get(id));
}

export async function renameServer(id: Id, name: string): Promise<void> {
	await ports().api.servers.rename(id, name);
}

/** What I delete in this tab: whoever does that needs not be told of it. */
const deleting = new Set<Id>();
onForget(() => deleting.clear());

export function isMyDeletion(id: Id): boolean {
	return deleting.has(id);
}

export async function deleteServer(id: Id): Promise<void> {
	await deleteMine(id, ports().api.servers.delete);
	dispatch(removal(id, "deleted"));
}

export async function leaveServer(id: Id): Promise<void> {
	await ports().api.servers.leave(id);
	dispatch(removal(id, "left"));
}

/** Where one goes next must not be the server that one has just lost. */
function removal(serverId: Id, reason: RemovalReason): Input {
	return { kind: "page", page: { of: "removal", serverId, reason } };
}

/** Members in order of ids; `after` is the last one of the page before. */
export async function listMembers(
	serverId: Id,
	query: { after?: Id; limit?: number },
): Promise<Member[]> {
	return (await ports().api.servers.members(serverId, query)).items;
}

/** One member; rejects with `not_found` when they are no longer in it. */
export async function findMember(serverId: Id, userId: Id): Promise<Member> {
	return ports().api.servers.member(serverId, userId);
}

export async function kickMember(serverId: Id, userId: Id): Promise<void> {
	await ports().api.servers.kick(serverId, userId);
}

/** Resolves when the channel can be gone to. */
export async function createChannel(
	serverId: Id,
	body: CreateChannel,
): Promise<Channel> {
	const channel = await ports().api.channels.create(serverId, body);
	dispatch({ kind: "page", page: { of: "channel", channel } });
	return channel;
}

export async function updateChannel(
	id: Id,
	body: UpdateChannel,
): Promise<Channel> {
	return ports().api.channels.update(id, body);
}

export async function deleteChannel(id: Id): Promise<void> {
	await deleteMine(id, ports().api.channels.delete);
}

export async function createInvite(
	serverId: Id,
	body: CreateInvite,
): Promise<Invite> {
	return ports().api.invites.create(serverId, body);
}

export async function listInvites(serverId: Id): Promise<Invite[]> {
	return (await ports().api.invites.list(serverId)).items;
}

export async function revokeInvite(serverId: Id, code: string): Promise<void> {
	await ports().api.invites.revoke(serverId, code);
}

/** What an invite leads to; works signed out as well. */
export async function previewInvite(
	code: string,
	signal?: AbortSignal,
): Promise<InvitePreview> {
	return ports().api.invites.preview(code, signal);
}

/** Joins, or just finds the server when one is a member already. */
export async function joinInvite(code: string): Promise<ServerState> {
	// The event that I am in may come before the answer.
	const before = getState().servers.byId;
	const state = await ports().api.invites.join(code);
	const serverId = state.server.id;
	takeServer(state);
	if (!before[serverId]) dispatchLocal({ do: "joined", serverId });
	return state;
}

/** The words of welcome have been read. */
export function welcomed(): void {
	dispatchLocal({ do: "joined", serverId: null });
}

/** The event may come before the answer. */
async function deleteMine(
	id: Id,
	remove: (id: Id) => Promise<void>,
): Promise<void> {
	deleting.add(id);
	try {
		await remove(id);
	} catch (error) {
		deleting.delete(id);
		throw error;
	}
}

function takeServer(state: ServerState): ServerState {
	dispatch({ kind: "page", page: { of: "server", state } });
	return state;
}
