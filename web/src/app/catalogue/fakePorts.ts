/** A hub that answers from the fixtures, so that every screen of the catalogue has content. */

import type { Send } from "@/api/client.ts";
import { createApi } from "@/api/index.ts";
import type { Ports } from "@/stores/ports.ts";
import { me, NOW, people, serverId } from "./fixtures.ts";

const inviter = people[1];

const answers: Record<string, unknown> = {
	"GET hub": null,
	"GET auth/sessions": {
		items: [
			{
				id: "1",
				created_at: NOW - 9e8,
				last_used_at: NOW,
				agent: "Mozilla/5.0 (X11; Linux) Chrome/130 Safari/537",
				address: "192.0.2.0/24",
				is_current: true,
			},
			{
				id: "2",
				created_at: NOW - 9e9,
				last_used_at: NOW - 9e7,
				agent: "Mozilla/5.0 (iPhone) Mobile Safari/604",
				address: "198.51.100.0/24",
				is_current: false,
			},
		],
	},
	"GET hub/users": {
		items: people.map((one) => ({ ...me, ...one, is_admin: one.id === me.id })),
	},
	"GET hub/inviters": { items: people.slice(1, 3) },
	[`GET servers/${serverId}/invites`]: {
		items: [
			{
				code: "mF3kQ9xT",
				server_id: serverId,
				creator: me,
				created_at: NOW - 9e6,
				expires_at: NOW + 5e8,
				uses: 3,
				uses_max: 10,
				opens_hub: true,
			},
			{
				code: "p2LwZ8rB",
				server_id: serverId,
				creator: inviter,
				created_at: NOW - 9e7,
				expires_at: null,
				uses: 41,
				uses_max: null,
				opens_hub: false,
			},
		],
	},
	[`GET servers/${serverId}/members`]: {
		items: people.map((user, index) => ({
			user,
			joined_at: NOW - 6e9,
			is_owner: index === 0,
		})),
	},
	[`POST servers/${serverId}/invites`]: {
		code: "mF3kQ9xT",
		server_id: serverId,
		creator: me,
		created_at: NOW,
		expires_at: NOW + 6e8,
		uses: 0,
		uses_max: null,
		opens_hub: true,
	},
};

const invitation = {
	code: "x",
	server: {
		id: serverId,
		name: "Battala Commons",
		icon: null,
		member_count: 214,
	},
	inviter,
	expires_at: NOW + 5e8,
	opens_hub: true,
};

const never = new Promise<never>(() => {});

// The one cast: fixtures stand for whatever type the caller asked.
const send: Send = async <T>({
	method,
	path,
}: {
	method: string;
	path: string;
}) => {
	if (path.startsWith("invites/")) return invitation as T;
	const answer = answers[`${method} ${path}`];
	return answer === undefined ? never : (answer as T);
};

export const fakePorts: Ports = {
	api: createApi(send),
	command: () => never,
	begin: () => never,
	inTurn: (ask) => ask(),
	leave: async () => {},
	renew: async () => {},
	reconnect: () => {},
	outbox: {
		enqueue: async () => {},
		retry: async () => {},
		discard: async () => {},
	},
	typing: () => {},
	saveDraft: () => {},
	keepDraft: async () => {},
	watchMembers: () => {},
};
