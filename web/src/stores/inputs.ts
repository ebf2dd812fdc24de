/**
 * Everything that can change the state. Time and ids are part of an input,
 * so that applying the same inputs always gives the same state.
 */
import type {
	AuthResponse,
	Channel,
	ChannelChanges,
	ChosenStatus,
	EndReason,
	HubEvent,
	HubInfo,
	Id,
	Me,
	MessagePage,
	ReadState,
	RemovalReason,
	ServerState,
	WatchedChannel,
} from "@/api/types.ts";
import type {
	Connection,
	Entry,
	Pending,
	PendingState,
	State,
	Trouble,
} from "./state.ts";

export type Input =
	/** From the socket; `at` is the client's time of arrival. */
	| { kind: "event"; event: HubEvent; at: number }
	| { kind: "page"; page: Page }
	| { kind: "sync"; channelId: Id; changes: ChannelChanges }
	/** What is said there comes whole from here on. */
	| { kind: "watched"; channels: readonly WatchedChannel[] }
	| { kind: "ack"; channelId: Id; nonce: string; id: Id; seq: number }
	| { kind: "local"; change: LocalChange };

/** Answers of HTTP calls. */
export type Page =
	| { of: "session"; auth: AuthResponse }
	| { of: "hub"; hub: HubInfo }
	| { of: "me"; me: Me }
	| { of: "server"; state: ServerState }
	| { of: "channel"; channel: Channel }
	/** The hub said that I am no longer in it; the event that says so may follow. */
	| { of: "removal"; serverId: Id; reason: RemovalReason }
	| {
			of: "messages";
			channelId: Id;
			/** Which part of the history was asked for. */
			part: "newest" | "around" | "older" | "newer";
			/** For older and newer: the row that the page adjoins. */
			anchor: Id | null;
			page: MessagePage;
	  }
	| { of: "read"; read: ReadState };

/** I have moved the reading position. */
export type ReadMoved = {
	do: "read_moved";
	channelId: Id;
	messageId: Id;
	/** By which the answer is known. */
	key: number;
	/** Where the divider goes; undefined where it is left alone. */
	entry: Entry | null | undefined;
};

/** What the hub made of it: `rev` is null where it has not taken it. */
export type ReadAnswered = {
	do: "read_answered";
	channelId: Id;
	key: number;
	rev: number | null;
};

/** What this client does by itself. */
export type LocalChange =
	| { do: "connection"; connection: Connection }
	| { do: "trouble"; trouble: Trouble | null }
	| { do: "signed_out"; reason: EndReason | null; isKept?: boolean }
	/** State of this device from an earlier run. */
	| { do: "restored"; snapshot: Partial<State> }
	| { do: "load_started"; channelId: Id; part: "whole" | "older" | "newer" }
	| { do: "load_failed"; channelId: Id; part: "whole" | "older" | "newer" }
	/** What is newer than the window was asked for in another way, and did not come. */
	| { do: "newer_failed"; channelId: Id }
	/** The window is not worth keeping. */
	| { do: "timeline_dropped"; channelId: Id }
	| { do: "following"; channelId: Id; isFollowing: boolean }
	/** `heldId`: where the reader held a mark in it before the page was loaded anew. */
	| {
			do: "channel_opened";
			channelId: Id | null;
			at: number;
			heldId?: Id | null;
	  }
	/** Where the news of the open channel begins; null takes the divider away. */
	| { do: "entry_set"; channelId: Id; entry: Entry | null }
	| { do: "jumped"; channelId: Id; messageId: Id; at: number }
	| { do: "jump_shown" }
	/** Of the server and the channels that are lost. */
	| { do: "lost_shown" }
	/** The tab goes on as somebody whom another tab has signed in; null when they were told. */
	| { do: "became"; name: string | null }
	/** I have just come into a server; null when I have been welcomed. */
	| { do: "joined"; serverId: Id | null }
	/** The hub has taken a position that was not shown before it had. */
	| { do: "read"; channelId: Id; messageId: Id; rev: number }
	| ReadMoved
	| ReadAnswered
	| { do: "outbox_put"; pending: Pending }
	| {
			do: "outbox_changed";
			channelId: Id;
			nonce: string;
			state: PendingState;
	  }
	| { do: "outbox_removed"; channelId: Id; nonce: string }
	| { do: "draft"; channelId: Id; text: string }
	| { do: "typing_expired"; now: number }
	| { do: "members_dropped"; serverId: Id }
	| { do: "status"; status: ChosenStatus }
	/** I have put my servers into another order. */
	| { do: "servers_arranged"; order: readonly Id[] }
	/** What the hub made of it; null when it refused. */
	| { do: "servers_settled"; order: readonly Id[] | null }
	/** I have put the channels of a server into another order. */
	| { do: "channels_arranged"; serverId: Id; order: readonly Id[] }
	/** Whether the hub took it. */
	| { do: "channels_settled"; serverId: Id; taken: boolean };
