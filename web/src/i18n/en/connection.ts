import { counted } from "./counted.ts";

export const connection = {
	syncing: "Catching up…",
	reconnecting: "Reconnecting…",
	reconnectingIn: counted({
		one: "Reconnecting in {n} second",
		other: "Reconnecting in {n} seconds",
	}),
	tryNow: "Try now",
	offline: "Offline",
	offlineWaiting: counted({
		one: "Offline. {n} message will be sent when you are back.",
		other: "Offline. {n} messages will be sent when you are back.",
	}),
	database:
		"The hub cannot store anything right now. What you write is kept here and sent later.",
	storage:
		"The hub has no space left. What you write is kept here and sent later.",
	caughtUp: "Caught up",
	newVersion: "Reload for the new version",
	tooMany: counted({
		one: "You are connected in too many places. Trying again in {n} second",
		other: "You are connected in too many places. Trying again in {n} seconds",
	}),
	sessionEnded: {
		signed_out: "You signed out.",
		revoked: "You were signed out from another device.",
		password_changed: "The password was changed. Sign in again.",
		too_many:
			"You are signed in in too many places, so this one was signed out.",
		token_reused:
			"Somebody else may have used this session, so it was ended. Sign in again, and change your password.",
		expired:
			"This session has expired or was ended from another device. Sign in again.",
		other: "Your session has ended. Sign in again.",
	},
	writingKept: "What you wrote is kept for when you sign in again.",
};
