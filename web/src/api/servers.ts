/** Operations on servers, their channels, members and invites. */
import { path, type Send } from "./client.ts";
import type {
	Channel,
	ChannelPlace,
	CreateChannel,
	CreateInvite,
	Id,
	Invite,
	InvitePreview,
	Member,
	Server,
	ServerState,
	UpdateChannel,
} from "./types.ts";

export const servers = (send: Send) => ({
	create: (name: string) =>
		send<ServerState>({ method: "POST", path: "servers", body: { name } }),
	get: (id: Id) =>
		send<ServerState>({ method: "GET", path: path`servers/${id}` }),
	rename: (id: Id, name: string) =>
		send<Server>({
			method: "PATCH",
			path: path`servers/${id}`,
			body: { name },
		}),
	delete: (id: Id) =>
		send<void>({ method: "DELETE", path: path`servers/${id}` }),
	/** My own order of them; those that `order` does not name follow where there is room. */
	reorder: (order: readonly Id[]) =>
		send<{ items: Server[] }>({
			method: "PATCH",
			path: "servers",
			body: { servers: order.map((id, position) => ({ id, position })) },
		}),
	leave: (id: Id) =>
		send<void>({ method: "DELETE", path: path`servers/${id}/members/@me` }),
	members: (id: Id, query: { after?: Id; limit?: number }) =>
		send<{ items: Member[] }>({
			method: "GET",
			path: path`servers/${id}/members`,
			query,
		}),
	member: (id: Id, userId: Id) =>
		send<Member>({
			method: "GET",
			path: path`servers/${id}/members/${userId}`,
		}),
	kick: (id: Id, userId: Id) =>
		send<void>({
			method: "DELETE",
			path: path`servers/${id}/members/${userId}`,
		}),
});

export const channels = (send: Send) => ({
	create: (serverId: Id, body: CreateChannel) =>
		send<Channel>({
			method: "POST",
			path: path`servers/${serverId}/channels`,
			body,
		}),
	update: (id: Id, body: UpdateChannel) =>
		send<Channel>({ method: "PATCH", path: path`channels/${id}`, body }),
	delete: (id: Id) =>
		send<void>({ method: "DELETE", path: path`channels/${id}` }),
	/** Names only what moves. */
	reorder: (serverId: Id, moves: readonly ChannelPlace[]) =>
		send<void>({
			method: "PATCH",
			path: path`servers/${serverId}/channels`,
			body: { channels: moves },
		}),
});

export const invites = (send: Send) => ({
	create: (serverId: Id, body: CreateInvite) =>
		send<Invite>({
			method: "POST",
			path: path`servers/${serverId}/invites`,
			body,
		}),
	list: (serverId: Id) =>
		send<{ items: Invite[] }>({
			method: "GET",
			path: path`servers/${serverId}/invites`,
		}),
	revoke: (serverId: Id, code: string) =>
		send<void>({
			method: "DELETE",
			path: path`servers/${serverId}/invites/${code}`,
		}),
	preview: (code: string, signal?: AbortSignal) =>
		send<InvitePreview>({
			method: "GET",
			path: path`invites/${code}`,
			auth: "none",
			signal,
		}),
	join: (code: string) =>
		send<ServerState>({ method: "POST", path: path`invites/${code}/join` }),
});
