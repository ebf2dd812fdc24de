/** Invented people and talk for the catalogue, at a frozen time. */
import type {
	Channel,
	ListedMember,
	Me,
	Message,
	PublicUser,
	Server,
} from "@/api/types.ts";
import { initialState, type State, timelineWith } from "@/stores/state.ts";

export const NOW = Date.UTC(2026, 10, 22, 14, 2);
const MINUTE = 60_000;
const EPOCH_MS = Date.UTC(2015, 0, 1);

/** An id of that time, as the hub would give it. */
function idAt(ms: number, counter: number): string {
	return ((BigInt(ms - EPOCH_MS) << 22n) + BigInt(counter)).toString();
}

function user(n: number, username: string, display_name: string): PublicUser {
	return {
		id: idAt(NOW - 9e9, n),
		username,
		display_name,
		avatar: null,
		kind: "human",
	};
}

const asha = user(1, "asha", "Asha Rahman");
const bo = user(2, "bo", "Bo");
const mina = user(3, "mina", "মিনা");
const tomas = user(4, "tomas", "Tomás Herrera");
const long = user(5, "a.very.long.name", "Wilhelmina von Hohenstein-Oberland");
const omar = user(6, "omar", "عمر");
export const people = [asha, bo, mina, tomas, long, omar];

export const me: Me = {
	...asha,
	email: "asha@example.org",
	is_admin: true,
	can_invite: false,
	created_at: NOW - 9e9,
	rev: 3,
};

const serverNames = [
	"Battala Commons",
	"Sunday football",
	"কবিতার আসর",
	"Rust readers",
];
const serverIds = serverNames.map((_, n) => idAt(NOW - 8e9, n + 10));
export const serverId = serverIds[0] ?? "";

const channelNames = [
	"general",
	"garden-and-kitchen",
	"reading-circle",
	"বাংলা",
	"a-channel-with-a-name-that-does-not-fit",
];
const channels: Channel[] = channelNames.map((name, position) => ({
	id: idAt(NOW - 7e9, position + 30),
	server_id: serverId,
	type: 0,
	name,
	topic:
		position === 0
			? "Everything that has no place of its own. Be kind; the tree has ears."
			: "",
	position,
	created_at: NOW - 7e9,
}));
export const channelId = channels[0]?.id ?? "";
export const emptyChannelId = channels[1]?.id ?? "";

type Line = [
	author: PublicUser,
	minutesAgo: number,
	text: string,
	edited?: boolean,
];

const lines: Line[] = [
	[bo, 1500, "Good morning! Is the reading circle still on for tonight?"],
	[asha, 1496, "Yes, at eight. Bring the last two chapters."],
	[asha, 1495, "And **something to drink**, the pot is cracked again."],
	[
		tomas,
		1490,
		"I found the passage about the tree:\n\n> Under it the whole village argued, traded, married and made up,\n> and nobody remembered who had planted it.\n\nStill my favourite.",
	],
	[mina, 300, "আজকের সভা কি আটটায়? আমি একটু দেরিতে আসব, বাস দেরি করছে।"],
	[asha, 298, "কোনো তাড়া নেই, আমরা অপেক্ষা করব।"],
	[
		bo,
		120,
		"The script that waters the plants, for whoever asked:\n\n```rust\nfn water(plant: &mut Plant, now: Instant) {\n    if plant.soil.moisture() < 0.3 {\n        plant.valve.open_for(Duration::from_secs(20));\n    }\n}\n```\n\nIt needs `moisture()` calibrated once per pot.",
	],
	[
		long,
		60,
		"A list of what is left to do:\n\n1. mend the gate\n2. ask about the lamp oil\n3. find out who keeps feeding the owl\n\nSee https://example.org/notes/2026-11 for the rest.",
		true,
	],
	[omar, 42, "السلام عليكم، هل يمكنني الانضمام إلى الحلقة؟"],
	[asha, 41, "Of course, welcome! ||The cake is a secret.||"],
	[tomas, 12, "🎉🌿"],
	[
		tomas,
		11,
		"~~Thursday~~ *Friday* it is, then. Details at [the board](https://example.org).",
	],
	[bo, 3, "I will bring the lantern."],
	[bo, 2, "And the good matches."],
];

function message([author, ago, content, edited]: Line, n: number): Message {
	const created_at = NOW - ago * MINUTE;
	return {
		id: idAt(created_at, n),
		channel_id: channelId,
		server_id: serverId,
		author,
		type: 0,
		flags: 0,
		content,
		nonce: null,
		seq: n + 1,
		rev: n + 1,
		created_at,
		edited_at: edited ? created_at + MINUTE : null,
		is_deleted: false,
	};
}

function server(id: string, name: string): Server {
	return {
		id,
		name,
		icon: null,
		owner_id: asha.id,
		epoch: 1,
		member_count: 6,
		created_at: NOW - 8e9,
	};
}

const members: ListedMember[] = people.map((one, index) => ({
	user: one,
	joined_at: NOW - 6e9,
	is_owner: index === 0,
	status:
		(["online", "idle", "dnd", "online", "offline", "offline"] as const)[
			index
		] ?? "offline",
}));

/** `count` messages, for the eye and for measuring. */
function manyMessages(count: number): Message[] {
	return Array.from({ length: count }, (_, n) => {
		const line = lines[n % lines.length] ?? [bo, 0, ""];
		const who = people[Math.floor(n / 3) % people.length] ?? bo;
		return message([who, (count - n) * 2, line[2]], n);
	});
}

const messages = lines.map(message);

/** A hub in full use. */
export const busy: State = {
	...initialState,
	session: { status: "signed_in", me, sessionId: "1", isCached: false },
	connection: { status: "live" },
	hub: {
		name: "Battala",
		version: "0.1.0",
		generation: 1,
		setup_needed: false,
		registration: "open",
		inviters: "named",
	},
	servers: {
		order: serverIds,
		kept: null,
		orderRev: 0,
		byId: Object.fromEntries(
			serverIds.map((id, n) => {
				const name = serverNames[n] ?? "";
				return [
					id,
					{
						id,
						name,
						icon: null,
						structureRev: 1,
						permissions: "76859",
						memberCount: 6,
						epoch: 1,
						isUnread: n === 2,
						mentions: 0,
						details: server(id, name),
					},
				];
			}),
		),
	},
	channels: {
		byId: Object.fromEntries(channels.map((one) => [one.id, one])),
		byServer: { [serverId]: channels.map(({ id }) => id) },
	},
	channelPermissions: Object.fromEntries(
		channels.map(({ id }) => [id, "76859"]),
	),
	users: Object.fromEntries(people.map((one) => [one.id, one])),
	members: {
		[serverId]: {
			groups: [
				{ id: "online", count: 4 },
				{ id: "offline", count: 2 },
			],
			total: 6,
			rows: { ...members },
		},
	},
	timelines: {
		[channelId]: timelineWith(messages),
		[emptyChannelId]: timelineWith([]),
	},
	tracks: Object.fromEntries(
		channels.map(({ id }, n) => [
			id,
			{
				last: 20,
				head: 20,
				lastMessageId:
					n === 2 || n === 0 ? (messages.at(-1)?.id ?? null) : null,
				lastMessageSeq: 20,
				buffered: {},
			},
		]),
	),
	reads: Object.fromEntries(
		channels.map(({ id }, n) => [
			id,
			{
				lastReadId: n === 2 ? "1" : (messages.at(-1)?.id ?? null),
				rev: null,
				unread: n === 2 ? 3 : 0,
			},
		]),
	),
	drafts: { [channels[3]?.id ?? ""]: "একটি খসড়া" },
	typing: { [channelId]: { [mina.id]: NOW + 9e9, [tomas.id]: NOW + 9e9 } },
};

/** The same hub with unread messages, some of mine on their way, and no connection. */
export const troubled: State = {
	...busy,
	connection: {
		status: "reconnecting",
		attempt: 3,
		retryAt: NOW + 8000,
		since: NOW - 9000,
	},
	outbox: {
		[channelId]: [
			{
				nonce: "a",
				channelId,
				content: "Is anybody there?",
				createdAt: NOW - 30_000,
				state: { status: "queued" },
			},
			{
				nonce: "b",
				channelId,
				content: "This one was refused.",
				createdAt: NOW - 20_000,
				state: { status: "failed", code: "forbidden" },
			},
		],
	},
	reads: {
		...busy.reads,
		[channelId]: {
			lastReadId: messages.at(-5)?.id ?? null,
			rev: null,
			unread: 4,
		},
	},
	timelines: { ...busy.timelines, [channelId]: timelineWith(messages) },
};

/** A long channel. */
export function longChannel(count: number): State {
	const many = manyMessages(count);
	return {
		...busy,
		timelines: {
			...busy.timelines,
			[channelId]: timelineWith(many, { hasOlder: true }),
		},
	};
}

/** Signed in, and in no server yet. */
export const fresh: State = {
	...initialState,
	session: busy.session,
	connection: busy.connection,
	hub: busy.hub,
};
