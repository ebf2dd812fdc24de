import { type Account, TestHub } from './hub.ts';
import { community, type ServerState } from './scenery.ts';

/** A hub with people and talk, always the same; for pictures and audits. */
export interface Village {
	hub: TestHub;
	asha: Account;
	babu: Account;
	/** Asha's server, with everyone in it. */
	neighbours: ServerState & { path: string };
	/** Ids of all servers by name. */
	server: Record<string, string>;
	/** Addresses of the channels of Neighbours by name. */
	channel: Record<string, string>;
	/** An invite to Neighbours, and one that asks for an account. */
	invite: string;
	/** An invite to a server that anyone may join while pictures are made. */
	footballInvite: string;
}

const PEOPLE: Record<string, string> = {
	babu: 'Babu Mondal',
	chitra: 'চিত্রা সেন',
	dev: 'Dev Pal',
	esha: 'Esha Rahman',
	farid: 'Farid',
	gita: 'Gita Das',
	haru: 'Haru',
};

const CHANNELS: [name: string, topic?: string][] = [
	['market-day', 'Who brings what on Friday'],
	['repairs', 'The well, the roof, and everything with a screw in it'],
	['stories'],
	['quiet-corner'],
];

/** Who says what in #general. */
const TALK: [who: string, text: string][] = [
	['asha', 'Welcome under the tree, everyone. This is where we meet from now on.'],
	['babu', 'Good to be here! Who has the key of the tool shed?'],
	['chitra', 'আমার কাছে আছে। বিকেলে নিয়ে আসব।'],
	['chitra', 'সঙ্গে চা-ও থাকবে।'],
	['dev', 'Then I bring the **long ladder**, and _maybe_ the paint. ~~Blue~~ Green this time.'],
	['esha', '> Who has the key of the tool shed?\nChitra. I saw it on her hook yesterday.'],
	['farid', 'The list for Friday:\n\n- rope, 20 m\n- two buckets\n- `M8` bolts, a dozen'],
	[
		'dev',
		'For the pump I use this:\n\n```rust\nfn litres(minutes: u32) -> u32 {\n    // The old pump gives eighteen a minute.\n    minutes * 18\n}\n```',
	],
	['asha', 'That looks right. The drawing is at https://example.org/wells/drawing-of-the-pump.'],
	['babu', 'And the surprise for Gita is ||a lamp for the reading corner||.'],
	['gita', 'I heard nothing.'],
	['gita', '😀🌿🪔'],
	['esha', 'Seven at the tree, then. Bring a cup.'],
];

/** Builds it. The act takes a few seconds. */
export async function village(settings: Record<string, string> = {}): Promise<Village> {
	const hub = await TestHub.start({
		BATTALA_LIMITS_REGISTER_BURST: '1000',
		BATTALA_LIMITS_LOGIN_BURST: '1000',
		BATTALA_LIMITS_READ_BURST: '10000',
		BATTALA_LIMITS_ANONYMOUS_BURST: '10000',
		...settings,
	});
	const asha = await hub.setUp('asha', 'Under the banyan');
	await hub.as(asha, 'PATCH', '/api/users/@me', { display_name: 'Asha Roy' });
	const people: Record<string, Account> = { asha };
	for (const [username, name] of Object.entries(PEOPLE)) {
		people[username] = await hub.register(username, name);
	}
	const { haru: _alone, ...neighboursOf } = people;
	const neighbours = await community(hub, asha, Object.values(neighboursOf).slice(1));
	const channel = await channels(hub, asha, neighbours);
	const babu = people.babu ?? asha;
	const books = await community(hub, asha, [], 'Book circle');
	const football = await community(hub, babu, [asha], 'Sunday football');
	const allotments = await manyChannels(hub, babu, asha);
	await talk(hub, people, channel.general ?? '');
	await speak(hub, babu, channel.repairs ?? '', 'The roof leaks again, above the stage.');
	const address = (id: string) => `/app/s/${neighbours.server.id}/${id}`;
	return {
		hub,
		asha,
		babu,
		neighbours,
		server: Object.fromEntries([neighbours, books, football, allotments].map(({ server }) => [server.name, server.id])),
		channel: Object.fromEntries(Object.entries(channel).map(([name, id]) => [name, address(id)])),
		invite: await invite(hub, asha, neighbours, { uses_max: 10 }),
		footballInvite: await invite(hub, babu, football),
	};
}

async function invite(hub: TestHub, owner: Account, { server }: ServerState, body: object = {}): Promise<string> {
	const { code } = await hub.as<{ code: string }>(owner, 'POST', `/api/servers/${server.id}/invites`, body);
	return `/invite/${code}`;
}

/** More channels than any screen shows, with a word in the last one. */
async function manyChannels(hub: TestHub, owner: Account, reader: Account): Promise<ServerState> {
	const state = await community(hub, owner, [reader], 'Allotments');
	let last = '';
	for (let plot = 1; plot <= 45; plot++) {
		const path = `/api/servers/${state.server.id}/channels`;
		last = (await hub.as<{ id: string }>(owner, 'POST', path, { name: `plot-${plot}` })).id;
	}
	await speak(hub, owner, last, 'The beans are up!');
	return state;
}

async function channels(hub: TestHub, owner: Account, state: ServerState): Promise<Record<string, string>> {
	const ids: Record<string, string> = { general: state.channels[0]?.id ?? '' };
	await hub.as(owner, 'PATCH', `/api/channels/${ids.general}`, { topic: 'News of the village, and who has the ladder' });
	for (const [name, topic] of CHANNELS) {
		const body = topic ? { name, topic } : { name };
		const made = await hub.as<{ id: string }>(owner, 'POST', `/api/servers/${state.server.id}/channels`, body);
		ids[name] = made.id;
	}
	return ids;
}

async function talk(hub: TestHub, people: Record<string, Account>, channelId: string): Promise<void> {
	for (const [who, text] of TALK) {
		const author = people[who];
		if (author) {
			await speak(hub, author, channelId, text);
		}
	}
	const asha = people.asha;
	if (asha) {
		const last = await speak(hub, asha, channelId, 'Sevn it is.');
		await hub.as(asha, 'PATCH', `/api/channels/${channelId}/messages/${last}`, { content: 'Seven it is.' });
	}
}

async function speak(hub: TestHub, author: Account, channelId: string, content: string): Promise<string> {
	const nonce = crypto.randomUUID();
	const path = `/api/channels/${channelId}/messages`;
	return (await hub.as<{ id: string }>(author, 'POST', path, { content, nonce })).id;
}
