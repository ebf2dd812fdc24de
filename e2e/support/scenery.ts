import type { Account, TestHub } from './hub.ts';

/** A server with its first channel, as the API shows it. */
export interface ServerState {
	server: { id: string; name: string };
	channels: { id: string; name: string }[];
}

/** Makes a server that `owner` owns and everyone of `members` is in. */
export async function community(
	hub: TestHub,
	owner: Account,
	members: Account[],
	name = 'Neighbours',
): Promise<ServerState & { path: string }> {
	const state = await hub.as<ServerState>(owner, 'POST', '/api/servers', { name });
	const invite = await hub.as<{ code: string }>(
		owner,
		'POST',
		`/api/servers/${state.server.id}/invites`,
		{},
	);
	for (const member of members) {
		await hub.as(member, 'POST', `/api/invites/${invite.code}/join`, {});
	}
	return { ...state, path: `/app/s/${state.server.id}/${state.channels[0]?.id}` };
}

/** Writes messages through the API, in order. */
export async function history(hub: TestHub, author: Account, channelId: string, texts: string[]): Promise<void> {
	for (const [index, content] of texts.entries()) {
		await hub.as(author, 'POST', `/api/channels/${channelId}/messages`, {
			content,
			nonce: `scenery-${channelId}-${index}`,
		});
	}
}
