/** What each event does. Every event of the contract has its case. */
import type { HubEvent } from "@/api/types.ts";
import { unreachable, type Work } from "../work.ts";
import { applyMemberList } from "./members.ts";
import { applyReadUpdated } from "./reads.ts";
import { applyServerOrder } from "./serverOrder.ts";
import {
	addChannels,
	applyServerReads,
	deleteChannel,
	putChannel,
	removeServer,
	reorderChannels,
	replaceServer,
	updateRights,
	updateServer,
} from "./servers.ts";
import { beginConnection, setHub, setMe, signOut } from "./session.ts";
import { raiseHead, receive } from "./tracks.ts";
import { startTyping } from "./typing.ts";
import { learnUser } from "./users.ts";

/** `at` is the client's time of arrival, for what expires by itself. */
export function applyEvent(work: Work, event: HubEvent, at: number): void {
	switch (event.name) {
		case "ready":
			return beginConnection(work, event.data);
		case "server_state":
			return replaceServer(work, event.data);
		case "server_channels":
			return addChannels(work, event.data);
		case "server_reads":
			return applyServerReads(work, event.data);
		case "server_updated":
			return updateServer(work, event.data);
		case "server_removed":
			return removeServer(work, event.data);
		case "servers_reordered":
			return applyServerOrder(work, event.data);
		case "channel_created":
		case "channel_updated":
			return putChannel(work, event.data);
		case "channel_deleted":
			return deleteChannel(work, event.data);
		case "channels_reordered":
			return reorderChannels(work, event.data);
		case "rights_updated":
			return updateRights(work, event.data);
		case "message_created": {
			const { message, ...at } = event.data;
			return receive(work, at, { isCreated: true, message }, message.id);
		}
		case "message_updated": {
			const { message, ...at } = event.data;
			return receive(work, at, { isCreated: false, message });
		}
		case "message_deleted": {
			const { message, last_message_id: last, ...at } = event.data;
			return receive(work, at, { isCreated: false, message }, last);
		}
		case "heads":
			for (const head of event.data.channels) raiseHead(work, head);
			return;
		case "read_updated":
			return applyReadUpdated(work, event.data);
		case "typing_started":
			return startTyping(work, event.data.channel_id, event.data.user, at);
		case "member_list":
			return applyMemberList(work, event.data);
		case "presence_updated":
			work.root.status = event.data.status;
			return;
		case "user_updated":
			return learnUser(work, event.data.user);
		case "me_updated":
			return setMe(work, event.data.me);
		case "hub_updated":
			return setHub(work, event.data.hub);
		case "session_ended":
			return signOut(work, event.data.reason);
		default:
			return unreachable(event);
	}
}
