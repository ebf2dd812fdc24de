/** The hub's settings and accounts, for its administrators. */
import type {
	CreatePasswordReset,
	HubInfo,
	Id,
	Me,
	PasswordResetLink,
	PublicUser,
	UpdateHub,
} from "@/api/types.ts";
import { ports } from "../ports.ts";
import { dispatch } from "../store.ts";

/** Reads what everyone may know of the hub. */
export async function loadHub(): Promise<HubInfo> {
	const hub = await ports().api.hub.info();
	dispatch({ kind: "page", page: { of: "hub", hub } });
	return hub;
}

export async function updateHub(body: UpdateHub): Promise<HubInfo> {
	const hub = await ports().api.hub.update(body);
	dispatch({ kind: "page", page: { of: "hub", hub } });
	return hub;
}

/** Accounts in order of ids; `after` is the last one of the page before. */
export async function listHubUsers(query: {
	query?: string;
	after?: Id;
	limit?: number;
}): Promise<Me[]> {
	return (await ports().api.hub.users(query)).items;
}

/** A one-time link with which someone else sets a new password. */
export async function createPasswordReset(
	userId: Id,
	body: CreatePasswordReset,
): Promise<PasswordResetLink> {
	return ports().api.hub.createPasswordReset(userId, body);
}

/** Those whom an administrator named, by id: their invites make accounts. */
export async function listInviters(): Promise<PublicUser[]> {
	return (await ports().api.hub.inviters()).items;
}

export async function addInviter(userId: Id): Promise<void> {
	await ports().api.hub.addInviter(userId);
}

export async function removeInviter(userId: Id): Promise<void> {
	await ports().api.hub.removeInviter(userId);
}
