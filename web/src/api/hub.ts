/** Operations on the hub itself. */
import { path, type Send } from "./client.ts";
import type {
	AuthResponse,
	CreatePasswordReset,
	HubInfo,
	Id,
	Me,
	PasswordResetLink,
	PublicUser,
	SetupHub,
	UpdateHub,
} from "./types.ts";

export const hub = (send: Send) => ({
	info: () => send<HubInfo>({ method: "GET", path: "hub", auth: "none" }),
	setup: (body: SetupHub) =>
		send<AuthResponse>({ method: "POST", path: "setup", body, auth: "none" }),
	update: (body: UpdateHub) =>
		send<HubInfo>({ method: "PATCH", path: "hub", body }),
	users: (query: { query?: string; after?: Id; limit?: number }) =>
		send<{ items: Me[] }>({ method: "GET", path: "hub/users", query }),
	inviters: () =>
		send<{ items: PublicUser[] }>({ method: "GET", path: "hub/inviters" }),
	addInviter: (userId: Id) =>
		send<void>({ method: "PUT", path: path`hub/inviters/${userId}` }),
	removeInviter: (userId: Id) =>
		send<void>({ method: "DELETE", path: path`hub/inviters/${userId}` }),
	createPasswordReset: (userId: Id, body: CreatePasswordReset) =>
		send<PasswordResetLink>({
			method: "POST",
			path: path`hub/users/${userId}/password-reset`,
			body,
		}),
});
