/** Every place of the client as an address, and back. */
import type { Id } from "@/api/types.ts";

export const paths = {
	home: "/app",
	login: "/login",
	register: "/register",
	server: (serverId: Id) => `/app/s/${serverId}`,
	channel: (serverId: Id, channelId: Id) => `/app/s/${serverId}/${channelId}`,
	message: (serverId: Id, channelId: Id, messageId: Id) =>
		`/app/s/${serverId}/${channelId}/m/${messageId}`,
	serverSettings: (serverId: Id, tab: string) =>
		`/app/s/${serverId}/settings/${tab}`,
	/** The list of settings; where there is room, its first page beside it. */
	allSettings: "/app/settings",
	settings: (tab: string) => `/app/settings/${tab}`,
	invite: (code: string) => `/invite/${encodeURIComponent(code)}`,
};

/** The address of a page that goes on with what this one was asked for, if anything. */
export function withQuery(path: string, query: URLSearchParams): string {
	return query.toString() === "" ? path : `${path}?${query}`;
}

export type Place =
	| { kind: "home" }
	| { kind: "server"; serverId: Id }
	| { kind: "channel"; serverId: Id; channelId: Id; messageId: Id | null }
	| { kind: "serverSettings"; serverId: Id; tab: string | null }
	| { kind: "settings"; tab: string | null }
	| { kind: "unknown" };

const unknown: Place = { kind: "unknown" };

/** Which place a path names; it says nothing about whether the place exists. */
export function placeOf(pathname: string): Place {
	const [root, area, ...rest] = pathname.split("/").filter(Boolean);
	if (root !== "app") return unknown;
	if (area === undefined) return { kind: "home" };
	if (area === "settings" && rest.length <= 1)
		return { kind: "settings", tab: rest[0] ?? null };
	const [serverId, part, third, fourth] = rest;
	if (area !== "s" || !isId(serverId)) return unknown;
	if (part === undefined) return { kind: "server", serverId };
	if (part === "settings" && rest.length <= 3)
		return { kind: "serverSettings", serverId, tab: third ?? null };
	if (!isId(part)) return unknown;
	const channel = { kind: "channel", serverId, channelId: part } as const;
	if (third === undefined) return { ...channel, messageId: null };
	if (third !== "m" || !isId(fourth) || rest.length > 4) return unknown;
	return { ...channel, messageId: fourth };
}

const beforeSession = new Set(["login", "register", "setup", "reset"]);

/** Whether a path is for those who have not signed in: it has no use for a session. */
export function isBeforeSession(pathname: string): boolean {
	return beforeSession.has(pathname.split("/")[1] ?? "");
}

function isId(text: string | undefined): text is Id {
	return text !== undefined && /^\d{1,20}$/u.test(text);
}

/** The code in an invite link, or the text itself when it looks like a code. */
export function inviteCodeOf(text: string): string | null {
	const trimmed = text.trim();
	const code = /\/invite\/([^/?#\s]+)/u.exec(trimmed)?.[1] ?? trimmed;
	return /^[\w-]{2,64}$/u.test(code) ? code : null;
}
