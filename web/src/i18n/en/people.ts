import { counted } from "./counted.ts";

export const people = {
	members: "Members",
	online: "Online",
	offline: "Offline",
	lastOnline: "Last seen online",
	notKnown: "Who is here is not known while the hub is out of reach.",
	statusNotKnown: "status not known",
	groupOf: (name: string, count: string) => `${name} – ${count}`,
	showOffline: counted({
		one: "Show {n} offline",
		other: "Show {n} offline",
	}),
	filter: "Find a member",
	nobody: "Nobody by that name.",
	noMatch: "Nobody by that name among those loaded.",
	owner: "Owner",
	you: "you",
	status: {
		online: "Online",
		idle: "Idle",
		dnd: "Do not disturb",
		invisible: "Invisible",
		offline: "Offline",
	},
	statusHint: {
		online: "",
		idle: "Away for a while",
		dnd: "Please leave me in peace",
		invisible: "You look offline, and see everything",
		offline: "",
	},
	statusMenu: (status: string) => `Your status: ${status}`,
	panel: "You",
	signOut: "Sign out",
	signOutTitle: "Sign out?",
	unsentMessages: counted({
		one: "{n} message has not been sent.",
		other: "{n} messages have not been sent.",
	}),
	unsentDrafts: counted({
		one: "{n} draft is not finished.",
		other: "{n} drafts are not finished.",
	}),
	keepWriting: counted({
		one: "It can stay on this device until you sign in here again, or be thrown away.",
		other:
			"They can stay on this device until you sign in here again, or be thrown away.",
	}),
	signOutKeep: counted({
		one: "Sign out and keep it",
		other: "Sign out and keep them",
	}),
	dropDrafts: counted({
		one: "Sign out, drop the draft",
		other: "Sign out, drop {n} drafts",
	}),
	dropMessages: counted({
		one: "Sign out, drop the message",
		other: "Sign out, drop {n} messages",
	}),
	dropAll: "Sign out, drop everything",
	became: (name: string) => `You are now ${name} in this browser.`,
	settings: "Settings",
	notHere: "They are no longer in this server.",
	joined: "Member since",
	profileOf: (name: string) => `Profile of ${name}`,
	rowLabel: (name: string, status: string) => `${name}, ${status}`,
	rowOwner: (name: string, status: string) => `${name}, owner, ${status}`,
	editProfile: "Edit profile",
};
