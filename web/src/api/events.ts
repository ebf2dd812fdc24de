import type { EventName } from "./types.ts";

/** Every event that this client knows; a missing one does not compile. */
const known: Record<EventName, true> = {
	ready: true,
	server_state: true,
	server_channels: true,
	server_reads: true,
	server_updated: true,
	server_removed: true,
	servers_reordered: true,
	channel_created: true,
	channel_updated: true,
	channel_deleted: true,
	rights_updated: true,
	channels_reordered: true,
	message_created: true,
	message_updated: true,
	message_deleted: true,
	heads: true,
	read_updated: true,
	typing_started: true,
	member_list: true,
	presence_updated: true,
	user_updated: true,
	me_updated: true,
	hub_updated: true,
	session_ended: true,
};

export const eventNames: readonly string[] = Object.keys(known);

/** Whether an event of a possibly newer hub is one that this client knows. */
export function isEventName(name: string): name is EventName {
	return Object.hasOwn(known, name);
}
