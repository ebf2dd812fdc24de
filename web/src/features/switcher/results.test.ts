import { describe, expect, it, vi } from "vitest";
import type { ListedMember, Message } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { initialState, type State, timelineWith } from "@/stores/state.ts";
import { resultsFor } from "./results.ts";

const user = (id: string, username: string, display_name: string) =>
	({ id, username, display_name, avatar: null, kind: "human" }) as const;
const member: ListedMember = {
	user: user("7", "babu", "Babu Mondal"),
	status: "online",
	joined_at: 0,
	is_owner: false,
};
const author = user("8", "gita", "Gita Das");
const message: Message = {
	id: "90",
	channel_id: "10",
	server_id: "1",
	author,
	type: 0,
	flags: 0,
	content: "",
	nonce: null,
	seq: 1,
	rev: 1,
	created_at: 0,
	edited_at: null,
	is_deleted: false,
};
const channel = (id: string, name: string, position: number) => ({
	id,
	server_id: "1",
	type: 0 as const,
	name,
	topic: "",
	position,
	created_at: 0,
});
const state: State = {
	...initialState,
	servers: {
		...initialState.servers,
		order: ["1"],
		byId: {
			"1": {
				id: "1",
				name: "Bakers",
				icon: null,
				structureRev: 1,
				permissions: "0",
				memberCount: 6,
				epoch: 1,
				isUnread: false,
				mentions: 0,
				details: null,
			},
		},
	},
	channels: {
		byId: {
			"10": channel("10", "general", 0),
			"11": channel("11", "garden", 1),
			"12": channel("12", "gardener", 2),
		},
		byServer: { "1": ["10", "11", "12"] },
	},
	members: {
		"1": {
			groups: [{ id: "online", count: 1 }],
			total: 1,
			rows: { 0: member },
		},
	},
	timelines: { "10": timelineWith([message]) },
	recent: ["10"],
};
const openPerson = vi.fn();
const actions = [{ name: "Dark theme", run: () => {} }];
const find = (query: string) =>
	resultsFor(query, state, t(), { actions, openPerson });
const names = (query: string) => find(query).map(({ name }) => name);

describe("the quick switcher", () => {
	it("finds one kind only behind its sign", () => {
		expect(names("#g")).toEqual(["general", "garden", "gardener"]);
		expect(names("*b")).toEqual(["Bakers"]);
		expect(names("@")).toEqual(["Babu Mondal", "Gita Das"]);
		expect(names(">")).toEqual(["Dark theme"]);
	});

	it("finds people by either name, members and authors of what was read", () => {
		expect(names("@babu")).toEqual(["Babu Mondal"]);
		expect(names("@gita")).toEqual(["Gita Das"]);
		expect(names("mondal")).toEqual(["Babu Mondal"]);
	});

	it("opens a person with what is known of them", () => {
		find("@babu")[0]?.run();
		expect(openPerson).toHaveBeenLastCalledWith({
			serverId: "1",
			user: member.user,
			member,
		});
	});

	it("puts what was opened lately before what fits as well", () => {
		expect(names("#ge")[0]).toBe("general");
		expect(names("")).toEqual(["general", "Bakers"]);
	});
});
