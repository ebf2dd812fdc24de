/**
 * The one state of the client: every entity once, by id; lists hold ids.
 * Its parts are replaced, never changed, so that identity tells what is new.
 */
import type {
	Channel,
	ChosenStatus,
	EndReason,
	HubInfo,
	Id,
	ListedMember,
	Me,
	MemberGroup,
	Message,
	PublicUser,
	RemovalReason,
	Server,
} from "@/api/types.ts";

export type State = {
	session: Session;
	connection: Connection;
	/** The hub is there, and can store nothing. */
	trouble: Trouble | null;
	hub: HubInfo | null;
	/** My own chosen status. */
	status: ChosenStatus;
	servers: Servers;
	channels: { byId: Record<Id, Channel>; byServer: Record<Id, Id[]> };
	/** My arrangements of channels that the hub has not told back, by server. */
	arranged: Record<Id, Arrangement>;
	/** What I may do in each channel, as a set of bits; of one that has just come it is not known yet. */
	channelPermissions: Record<Id, string>;
	/** Public profiles, one copy each. */
	users: Record<Id, PublicUser>;
	/** Live member lists, by server. */
	members: Record<Id, MemberRows>;
	/** How far each channel has come here, by channel. */
	tracks: Record<Id, Track>;
	timelines: Record<Id, Timeline>;
	/** Channels with a timeline, the most recently opened last. */
	recent: Id[];
	/** By channel. */
	reads: Record<Id, Read>;
	/** Where the hub has still to answer; by channel. */
	moves: Record<Id, Moves>;
	/** By channel, then user: when the mark goes, in client time. */
	typing: Record<Id, Record<Id, number>>;
	/** Unacknowledged messages, by channel, in order of writing. */
	outbox: Record<Id, Pending[]>;
	/** By what they are for (`lib/draftKey.ts`): a channel, or a message that is being changed. */
	drafts: Record<string, string>;
	ui: Ui;
};

/** Who uses the client. */
export type Session =
	/** Before the first answer of the hub and without a snapshot. */
	| { status: "starting" }
	| {
			status: "signed_out";
			reason: EndReason | null;
			/** Something that they wrote waits on this device until they sign in here again. */
			isKept?: boolean;
	  }
	| {
			status: "signed_in";
			me: Me;
			sessionId: Id | null;
			/** Shown from this device's snapshot; the hub has not confirmed it yet. */
			isCached: boolean;
	  };

/** The socket to the hub. */
export type Connection =
	/** Not trying: signed out, or the device says it has no network. */
	| { status: "offline" }
	| { status: "connecting" }
	| { status: "syncing" }
	| { status: "live" }
	/** The `attempt`-th retry comes at `retryAt`, in client time. */
	| {
			status: "reconnecting";
			attempt: number;
			retryAt: number;
			since: number;
			/** The attempt is made with a token that was fetched for it. */
			isRenewed?: boolean;
	  }
	/** The account has too many connections; some of them may end until then, in client time. */
	| { status: "refused"; retryAt: number };

export type Trouble = "database" | "storage";

export type Servers = {
	byId: Record<Id, ServerEntry>;
	/** As shown: my last arrangement, even while the hub does not have it yet. */
	order: Id[];
	/** The hub's order while an arrangement of mine is on its way, else null. */
	kept: Id[] | null;
	/** Greatest change of the order that has come. */
	orderRev: number;
};

export type Arrangement = {
	/** Shown instead of the hub's order. */
	order: readonly Id[];
	/** The hub has taken it. */
	isAnswered: boolean;
	/** The hub has told an order since. */
	isTold: boolean;
};

export type ServerEntry = {
	id: Id;
	name: string;
	icon: string | null;
	/** The number of the structure that I hold; 0 before its `server_state`. */
	structureRev: number;
	/** Channels that are named and have not come yet. */
	following?: readonly Id[];
	/** What I may do in it as a whole, as a set of bits; none before its `server_state`. */
	permissions: string;
	memberCount: number;
	/** The epoch at which there were so many members. */
	epoch: number;
	/** What `ready` said; counts until the server's reading positions are here. */
	isUnread: boolean;
	mentions: number;
	/** Null until its `server_state` has come. */
	details: Server | null;
};

export type MemberRows = {
	/** In the order of the rows. */
	groups: MemberGroup[];
	total: number;
	/** Rows by index; holes are not loaded. */
	rows: Record<number, ListedMember>;
};

export type Track = {
	/**
	 * All changes up to this sequence number are applied; null while the first
	 * page is on its way, which alone can tell.
	 */
	last: number | null;
	/** The channel has come at least this far on the hub. */
	head: number;
	/** The newest message that stands: unread while it is newer than the reading position. */
	lastMessageId: Id | null;
	/** The change as of which it is that one. */
	lastMessageSeq: number;
	/**
	 * What `last` was when the connection began, until the hub has said how far the channel has
	 * come: a hub that has not come that far has another past than the one that was seen here.
	 */
	floor?: number | null;
	/** Changes that came before those they follow, each by the first sequence number that it takes. */
	buffered: Record<number, BufferedChange>;
};

export type ChannelChange = { isCreated: boolean; message: Message };

export type BufferedChange = {
	change: ChannelChange;
	/** The last sequence number that it takes. */
	through: number;
};

export type Timeline = {
	status: "loading" | "ready" | "failed";
	byId: Record<Id, Message>;
	/** A contiguous window of the history, ascending. */
	ids: Id[];
	hasOlder: boolean;
	hasNewer: boolean;
	isLoadingOlder: boolean;
	isLoadingNewer: boolean;
	/** What came after this window, or changed in it, was asked for last and did not come. */
	hasFailedNewer: boolean;
	/** Pages on their way. */
	loads: number;
	/** Changes outside the window that a page on its way may not know yet. */
	overlay: Record<Id, Message>;
	/** Deleted messages: a late page cannot bring them back. */
	deleted: Record<Id, true>;
	/** The hub could not say what changed: load the window anew. */
	isStale: boolean;
	/** The reader is at the end; otherwise a full window takes no new rows. */
	isFollowing: boolean;
};

export type Read = {
	lastReadId: Id | null;
	/** Null until a change was seen on this connection. */
	rev: number | null;
	/** Messages of others since; null when the exact count is not known. */
	unread: number | null;
};

/** Positions that I have moved and of which the hub has not answered, in this order. */
export type Moves = {
	/** As the hub has it, with its divider; undefined where it was moved elsewhere since. */
	behind: { read: Read | undefined; entry: Entry | null | undefined };
	waiting: readonly {
		key: number;
		messageId: Id;
		/** Where it has put the divider; undefined where it was left alone. */
		entry: Entry | null | undefined;
	}[];
};

export type Pending = {
	nonce: string;
	channelId: Id;
	content: string;
	createdAt: number;
	state: PendingState;
};

export type PendingState =
	/** `until`: the hub asked to wait that long, in client time. */
	| { status: "queued"; until?: number }
	| { status: "sending"; since: number }
	/** The hub has stored it; its row is about to come. */
	| { status: "sent"; id: Id; seq: number }
	/** The hub refused it for good; `code` says why. */
	| { status: "failed"; code: string };

export type Ui = {
	openChannelId: Id | null;
	/** Where I had read to when I opened the channel; the divider stays there. */
	entry: Entry | null;
	/**
	 * The open channel was opened before the hub has said, on this connection, how far it was read:
	 * its entry is made anew when it says so. `heldId`: where the reader held a mark in it before the
	 * page was loaded anew.
	 */
	awaited: { at: number; heldId: Id | null } | null;
	/** Servers that I lost, for a notice each. */
	lost: readonly Lost[];
	/** Begun changes, by the keys of their drafts, whose messages were deleted before my eyes. */
	lostEdits: readonly string[];
	/** Channels that went while I read or wrote in them, for one notice. */
	gone: readonly Gone[];
	/** Who I am since another tab has signed in, for one notice. */
	became: string | null;
	/** The server I have just joined, to be welcomed in. */
	joined: Id | null;
	/** A message to show in the middle and highlight. */
	jump: { channelId: Id; messageId: Id; at: number } | null;
};

/** A server that I am not in any more; `meanwhile`: since I was here last, for whatever reason. */
export type Lost = {
	serverId: Id;
	name: string;
	reason: RemovalReason | "meanwhile";
	/** My servers as they stood when it went, itself among them. */
	order: readonly Id[];
};

/**
 * A channel that is no more, or that I do not see any more, for whatever reason (`hidden`), and what I
 * had written in it that nobody has got.
 */
export type Gone = {
	reason: "deleted" | "hidden";
	serverId: Id;
	serverName: string;
	channelId: Id;
	name: string;
	/** The channels of its server as they stood when it went, itself among them. */
	order: readonly Id[];
	wasOpen: boolean;
	draft: string;
	unsent: readonly Pending[];
	/** Changes of messages that were begun in it, by the keys of their drafts. */
	edits: readonly { key: string; text: string }[];
};

export type Entry = {
	channelId: Id;
	lastReadId: Id | null;
	/** What is unread, or was when something was read since; 0 when it is not known. */
	unread: number;
	at: number;
	/** I have marked it unread myself: seeing its end does not make it read. */
	isHeld: boolean;
	/** The message that I marked here; of a mark that was put elsewhere it is not known. */
	markedId?: Id;
};

/** Rows of a window at most. */
export const windowRowsMax = 500;
/** Windows that are kept. */
export const timelinesMax = 20;
/** Changes of a channel that wait for the ones before them. */
export const bufferedMax = 100;
/** How long a typing mark lasts without being renewed. */
export const typingLastsMs = 8000;

/** A window of which nothing has come yet. */
export function newTimeline(): Timeline {
	return {
		status: "loading",
		byId: {},
		ids: [],
		hasOlder: true,
		hasNewer: false,
		isLoadingOlder: false,
		isLoadingNewer: false,
		hasFailedNewer: false,
		loads: 0,
		overlay: {},
		deleted: {},
		isStale: false,
		isFollowing: true,
	};
}

/** A window that holds `messages` (ascending) and, unless told otherwise, is the whole history. */
export function timelineWith(
	messages: readonly Message[],
	change: Partial<Timeline> = {},
): Timeline {
	return {
		...newTimeline(),
		status: "ready",
		byId: Object.fromEntries(messages.map((one) => [one.id, one])),
		ids: messages.map(({ id }) => id),
		hasOlder: false,
		...change,
	};
}

export const initialState: State = {
	session: { status: "starting" },
	connection: { status: "offline" },
	trouble: null,
	hub: null,
	status: "online",
	servers: { byId: {}, order: [], kept: null, orderRev: 0 },
	channels: { byId: {}, byServer: {} },
	arranged: {},
	channelPermissions: {},
	users: {},
	members: {},
	tracks: {},
	timelines: {},
	recent: [],
	reads: {},
	moves: {},
	typing: {},
	outbox: {},
	drafts: {},
	ui: {
		openChannelId: null,
		entry: null,
		awaited: null,
		lost: [],
		lostEdits: [],
		gone: [],
		became: null,
		joined: null,
		jump: null,
	},
};
