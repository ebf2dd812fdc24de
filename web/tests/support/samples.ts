// Scenery for tests: one server, one channel, two people.
import type {
	Channel,
	EventMap,
	EventName,
	HubEvent,
	Me,
	Message,
	PublicUser,
	ServerState,
} from "@/api/types.ts";
import type { Input } from "@/stores/inputs.ts";

export const serverId = "1000";
export const channelId = "2000";

export const asha: PublicUser = {
	id: "1",
	username: "asha",
	display_name: "Asha",
	avatar: null,
	kind: "human",
};
export const bo: PublicUser = {
	...asha,
	id: "2",
	username: "bo",
	display_name: "Bo",
};

export const me: Me = {
	...asha,
	email: null,
	is_admin: false,
	can_invite: false,
	created_at: 0,
	rev: 1,
};

const channel: Channel = {
	id: channelId,
	server_id: serverId,
	type: 0,
	name: "general",
	topic: "",
	position: 0,
	created_at: 0,
};

const hub = {
	name: "Hub",
	version: "0.1.0",
	generation: 1,
	setup_needed: false,
	registration: "open",
	inviters: "named",
} as const;

const structure: ServerState = {
	server: {
		id: serverId,
		name: "Banyan",
		icon: null,
		owner_id: asha.id,
		epoch: 1,
		member_count: 2,
		created_at: 0,
	},
	channels: [{ ...channel, permissions: "76859" }],
	// The first of the two owns it.
	permissions: "76859",
	roles: [
		{ id: serverId, name: "everyone", permissions: "68609", position: 0 },
	],
	epoch: 1,
	structure_rev: 1,
};

export const ready: EventMap["ready"] = {
	me,
	session_id: "77",
	expires_at: 600_000,
	hub,
	servers: [
		{
			id: serverId,
			name: "Banyan",
			icon: null,
			epoch: 1,
			structure_rev: 1,
			member_rev: 1,
			member_count: 2,
			is_unread: false,
			mentions: 0,
		},
	],
	status: "online",
	watch: "listed",
};

export function message(
	id: number,
	seq: number,
	over: Partial<Message> = {},
): Message {
	return {
		id: String(id),
		channel_id: channelId,
		server_id: serverId,
		author: bo,
		type: 0,
		flags: 0,
		content: `message ${id}`,
		nonce: null,
		seq,
		rev: seq,
		created_at: seq * 1000,
		edited_at: null,
		is_deleted: false,
		...over,
	};
}

export function event<N extends EventName>(
	name: N,
	data: EventMap[N],
	at = 0,
): Input {
	return { kind: "event", event: { name, data } as HubEvent, at };
}

/** Where a change of a channel stands that takes one sequence number, or those from `first` on. */
export const at = (seq: number, first = seq) => ({
	first_seq: first,
	seq,
	epoch: 1,
});

export function created(row: Message): Input {
	return event("message_created", { message: row, ...at(row.rev) });
}

export function page(
	part: "newest" | "around" | "older" | "newer",
	items: Message[],
	edges: { has_older?: boolean; has_newer?: boolean; anchor?: string } = {},
): Input {
	const { has_older = false, has_newer = false, anchor = null } = edges;
	return {
		kind: "page",
		page: {
			of: "messages",
			channelId,
			part,
			anchor,
			page: { items, has_older, has_newer },
		},
	};
}

/** A reading position on the hub, and the change that made it so. */
export type Mark = { id: string | null; rev: number };

export function readUpdated(id: string, rev: number): Input {
	const data = { channel_id: channelId, last_read_id: id, rev };
	return event("read_updated", data);
}

export function deleted(row: Message, left: string | null): Input {
	const message = { ...row, content: "", is_deleted: true };
	return event("message_deleted", {
		message,
		last_message_id: left,
		...at(row.rev),
	});
}

export const startLoad = (
	part: "whole" | "older" | "newer" = "whole",
): Input => ({
	kind: "local",
	change: { do: "load_started", channelId, part },
});

/** What a connection begins with, the channel being at `lastSeq`. */
export function connected(
	lastSeq = 0,
	lastMessageId: string | null = null,
	read: Mark = { id: lastMessageId, rev: 0 },
) {
	return [
		event("ready", ready),
		event("server_state", structure),
		event("server_reads", {
			server_id: serverId,
			channels: [
				{
					id: channelId,
					last_seq: lastSeq,
					last_message_id: lastMessageId,
					last_read_id: read.id,
					read_rev: read.rev,
				},
			],
		}),
	];
}
