/** Operations on accounts and sessions. */
import { path, type Send } from "./client.ts";
import type {
	AuthResponse,
	ChangePassword,
	Id,
	Login,
	Me,
	PublicUser,
	Register,
	Registered,
	ResetPassword,
	Session,
	UpdateMe,
} from "./types.ts";

export const accounts = (send: Send) => ({
	register: (body: Register) =>
		send<Registered>({
			method: "POST",
			path: "auth/register",
			body,
			auth: "none",
		}),
	login: (body: Login) =>
		send<AuthResponse>({
			method: "POST",
			path: "auth/login",
			body,
			auth: "none",
		}),
	logout: () =>
		send<void>({
			method: "POST",
			path: "auth/logout",
			auth: "cookie",
			keepalive: true,
		}),
	resetPassword: (body: ResetPassword) =>
		send<void>({
			method: "POST",
			path: "auth/password-reset",
			body,
			auth: "none",
		}),
	listSessions: () =>
		send<{ items: Session[] }>({ method: "GET", path: "auth/sessions" }),
	endSession: (id: Id) =>
		send<void>({ method: "DELETE", path: path`auth/sessions/${id}` }),
	endOtherSessions: () =>
		send<void>({ method: "DELETE", path: "auth/sessions" }),
	me: () => send<Me>({ method: "GET", path: "users/@me" }),
	updateMe: (body: UpdateMe) =>
		send<Me>({ method: "PATCH", path: "users/@me", body }),
	changePassword: (body: ChangePassword) =>
		send<void>({ method: "POST", path: "users/@me/password", body }),
	user: (id: Id) =>
		send<PublicUser>({ method: "GET", path: path`users/${id}` }),
});
