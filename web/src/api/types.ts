/**
 * The wire contract as the client names it: what the hub sends and takes.
 * Ids are decimal strings, times integer milliseconds, permissions decimal
 * strings. Nothing here is the client's own state.
 */

export type Id = string;

export type UserKind = "human" | "bot" | "webhook" | "imported" | "deleted";

export type PublicUser = {
	id: Id;
	username: string;
	display_name: string;
	avatar: string | null;
	kind: UserKind;
};

export type Me = PublicUser & {
	email: string | null;
	is_admin: boolean;
	created_at: number;
	rev: number;
};

export type Registration = "open" | "invite";

export type HubInfo = {
	name: string;
	version: string;
	generation: number;
	setup_needed: boolean;
	registration: Registration;
};

export type AuthResponse = {
	access_token: string;
	expires_at: number;
	session_id: Id;
	user: Me;
};

export type Session = {
	id: Id;
	created_at: number;
	last_used_at: number;
	agent: string;
	address: string;
	is_current: boolean;
};

export type Role = {
	id: Id;
	name: string;
	permissions: string;
	position: number;
};

export type Server = {
	id: Id;
	name: string;
	icon: string | null;
	owner_id: Id;
	epoch: number;
	member_count: number;
	created_at: number;
};

export type Channel = {
	id: Id;
	server_id: Id;
	type: number;
	name: string;
	topic: string;
	position: number;
	created_at: number;
};

export type ServerState = {
	server: Server;
	channels: Channel[];
	roles: Role[];
	epoch: number;
};

export type Status = "online" | "idle" | "dnd" | "offline";
export type ChosenStatus = "online" | "idle" | "dnd" | "invisible";

export type Member = {
	user: PublicUser;
	joined_at: number;
	is_owner: boolean;
};

export type ListedMember = Member & { status: Status };

export type ChannelHead = {
	id: Id;
	last_seq: number;
	last_message_id: Id | null;
	last_read_id: Id | null;
};

export type Invite = {
	code: string;
	server_id: Id;
	creator: PublicUser;
	created_at: number;
	expires_at: number | null;
	uses: number;
	uses_max: number | null;
};

export type InvitePreview = {
	code: string;
	server: {
		id: Id;
		name: string;
		icon: string | null;
		member_count: number;
	};
	inviter: PublicUser;
	expires_at: number | null;
};

export type Message = {
	id: Id;
	channel_id: Id;
	server_id: Id;
	author: PublicUser;
	type: number;
	flags: number;
	content: string;
	nonce: string | null;
	seq: number;
	rev: number;
	created_at: number;
	edited_at: number | null;
	is_deleted: boolean;
};

export type MessagePage = {
	items: Message[];
	has_older: boolean;
	has_newer: boolean;
};

export type ReadState = {
	channel_id: Id;
	last_read_id: Id | null;
	unread: number;
	rev: number;
};

export type PasswordResetLink = { url: string; expires_at: number };

export type ErrorCode =
	| "malformed"
	| "invalid_input"
	| "unknown_command"
	| "unauthenticated"
	| "session_ended"
	| "invalid_credentials"
	| "forbidden"
	| "registration_closed"
	| "setup_required"
	| "not_found"
	| "method_not_allowed"
	| "conflict"
	| "taken"
	| "limit_reached"
	| "payload_too_large"
	| "unsupported_media_type"
	| "rate_limited"
	| "internal"
	| "unavailable"
	| "storage_full";

export type FieldCode =
	| "required"
	| "too_short"
	| "too_long"
	| "too_small"
	| "too_large"
	| "too_many"
	| "invalid_characters"
	| "invalid_format"
	| "unknown_field"
	| "wrong_type"
	| "taken"
	| "too_common"
	| "wrong";

export type FieldError = {
	field: string;
	code: FieldCode;
	message: string;
	limit?: number | null;
};

/** Request bodies. */
export type Register = {
	username: string;
	password: string;
	display_name?: string;
	email?: string;
	invite?: string;
};
export type Login = { login: string; password: string };
export type SetupHub = {
	token: string;
	username: string;
	password: string;
	email?: string;
	hub_name: string;
	registration: Registration;
};
export type UpdateHub = { name?: string; registration?: Registration };
export type UpdateMe = {
	display_name?: string;
	email?: string | null;
	current_password?: string;
};
export type ChangePassword = { current_password: string; new_password: string };
export type ResetPassword = { token: string; password: string };
export type CreateChannel = { name: string; topic?: string };
export type UpdateChannel = { name?: string; topic?: string };
export type CreateInvite = {
	/** Seconds; null is for ever, absent is seven days. */
	expires_in_s?: number | null;
	uses_max?: number | null;
};

export type RemovalReason = "left" | "kicked" | "deleted";
export type EndReason =
	| "signed_out"
	| "revoked"
	| "password_changed"
	| "expired";

export type ReadyServer = {
	id: Id;
	name: string;
	icon: string | null;
	epoch: number;
	is_unread: boolean;
	mentions: number;
};

/** What each event carries; the key is its name on the socket. */
export type EventMap = {
	ready: {
		me: Me;
		session_id: Id;
		expires_at: number;
		hub: HubInfo;
		servers: ReadyServer[];
		status: ChosenStatus;
	};
	server_state: ServerState;
	server_reads: { server_id: Id; channels: ChannelHead[] };
	server_updated: { server: Server; epoch: number };
	server_removed: { server_id: Id; reason: RemovalReason };
	channel_created: { channel: Channel; epoch: number };
	channel_updated: { channel: Channel; epoch: number };
	channel_deleted: { server_id: Id; channel_id: Id; epoch: number };
	channels_reordered: { server_id: Id; channel_ids: Id[]; epoch: number };
	message_created: MessageChanged;
	message_updated: MessageChanged;
	message_deleted: MessageChanged;
	heads: { server_id: Id; channels: { id: Id; last_seq: number }[] };
	read_updated: { channel_id: Id; last_read_id: Id; rev: number };
	typing_started: { channel_id: Id; user: PublicUser };
	member_list: MemberList;
	presence_updated: { status: ChosenStatus };
	user_updated: { user: PublicUser };
	me_updated: { me: Me };
	hub_updated: { hub: HubInfo };
	session_ended: { reason: EndReason };
};

export type MessageChanged = { message: Message; seq: number; epoch: number };

export type MemberList = {
	server_id: Id;
	online: number;
	total: number;
	ranges: { first: number; items: ListedMember[] }[];
};

export type EventName = keyof EventMap;

/** An event with its name, so that a switch can tell them apart. */
export type HubEvent = {
	[Name in EventName]: { name: Name; data: EventMap[Name] };
}[EventName];

/** What each command takes and how it is answered. */
export type CommandMap = {
	message_send: {
		body: { channel_id: Id; content: string; nonce: string };
		answer: { id: Id; seq: number };
	};
	typing_start: { body: { channel_id: Id }; answer: object };
	channel_read: {
		body: { channel_id: Id; message_id: Id };
		answer: { last_read_id: Id; rev: number };
	};
	presence_set: { body: { status: ChosenStatus }; answer: object };
	members_subscribe: {
		body: { server_id: Id; ranges: RowRange[] };
		answer: object;
	};
	channel_sync: {
		body: { channel_id: Id; after: number };
		answer: ChannelChanges;
	};
	session_refresh: { body: { token: string }; answer: { expires_at: number } };
};

export type CommandName = keyof CommandMap;

/** First and last row of a watched range, both included. */
export type RowRange = [first: number, last: number];

export type ChannelChanges = {
	rows: Message[];
	through: number;
	more: boolean;
	reset: boolean;
};
