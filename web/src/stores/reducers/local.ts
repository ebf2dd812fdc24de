/** What this client does by itself. */
import type { LocalChange } from "../inputs.ts";
import { unreachable, type Work } from "../work.ts";
import { arrangeChannels, settleChannels } from "./channelOrder.ts";
import { beginMove, endMove } from "./moves.ts";
import { putPending, removePending, setPendingState } from "./outbox.ts";
import { entryAt, isReadTold, moveRead } from "./reads.ts";
import { arrange, settle } from "./serverOrder.ts";
import { signOut } from "./session.ts";
import {
	dropTimeline,
	failLoad,
	setFailedNewer,
	startLoad,
	timelineOf,
} from "./timelines.ts";
import { expireTyping } from "./typing.ts";

export function applyLocal(work: Work, change: LocalChange): void {
	switch (change.do) {
		case "connection":
			work.root.connection = change.connection;
			return;
		case "trouble":
			work.root.trouble = change.trouble;
			return;
		case "signed_out":
			return signOut(work, change.reason, change.isKept);
		case "restored":
			if (work.root.session.status === "starting")
				Object.assign(work.root, change.snapshot);
			return;
		case "load_started":
			return startLoad(work, change.channelId, change.part);
		case "load_failed":
			return failLoad(work, change.channelId, change.part);
		case "newer_failed":
			return setFailedNewer(work, change.channelId, true);
		case "timeline_dropped":
			return dropTimeline(work, change.channelId);
		case "following": {
			const timeline = timelineOf(work, change.channelId);
			if (timeline) timeline.isFollowing = change.isFollowing;
			return;
		}
		case "read":
			return moveRead(work, change.channelId, change.messageId, change.rev);
		case "read_moved":
			return beginMove(work, change);
		case "read_answered":
			return endMove(work, change);
		case "outbox_put":
			return putPending(work, change.pending);
		case "outbox_changed":
			return setPendingState(
				work,
				change.channelId,
				change.nonce,
				change.state,
			);
		case "outbox_removed":
			return removePending(work, change.channelId, change.nonce);
		case "draft":
			return setDraft(work, change.channelId, change.text);
		case "typing_expired":
			return expireTyping(work, change.now);
		case "members_dropped":
			if (work.root.members[change.serverId])
				delete work.at(work.root, "members")[change.serverId];
			return;
		case "status":
			work.root.status = change.status;
			return;
		case "servers_arranged":
			return arrange(work, change.order);
		case "servers_settled":
			return settle(work, change.order);
		case "channels_arranged":
			return arrangeChannels(work, change.serverId, change.order);
		case "channels_settled":
			return settleChannels(work, change.serverId, change.taken);
		case "channel_opened":
		case "entry_set":
		case "jumped":
		case "jump_shown":
		case "lost_shown":
		case "became":
		case "joined":
			return applyUi(work, change);
		default:
			return unreachable(change);
	}
}

type UiChange = Extract<
	LocalChange,
	{
		do:
			| "channel_opened"
			| "entry_set"
			| "jumped"
			| "jump_shown"
			| "lost_shown"
			| "became"
			| "joined";
	}
>;

function applyUi(work: Work, change: UiChange): void {
	const ui = work.at(work.root, "ui");
	switch (change.do) {
		case "channel_opened":
			return openChannel(work, change);
		case "entry_set":
			if (ui.openChannelId === change.channelId) ui.entry = change.entry;
			return;
		case "jumped":
			ui.jump = {
				channelId: change.channelId,
				messageId: change.messageId,
				at: change.at,
			};
			return;
		case "jump_shown":
			ui.jump = null;
			return;
		case "lost_shown":
			ui.lost = [];
			ui.gone = [];
			return;
		case "became":
			ui.became = change.name;
			return;
		case "joined":
			ui.joined = change.serverId;
			return;
		default:
			return unreachable(change);
	}
}

function openChannel(
	work: Work,
	{
		channelId,
		at,
		heldId = null,
	}: Extract<LocalChange, { do: "channel_opened" }>,
): void {
	const ui = work.at(work.root, "ui");
	ui.openChannelId = channelId;
	ui.awaited = null;
	ui.jump = null;
	ui.entry = null;
	if (channelId === null) return;
	ui.entry = entryAt(work, channelId, { at, heldId });
	if (!isReadTold(work, channelId)) ui.awaited = { at, heldId };
}

function setDraft(work: Work, channelId: string, text: string): void {
	// A composer that goes with its account hands over its last words too late: they are not for
	// who comes next.
	if (work.root.session.status === "signed_out") return;
	if ((work.root.drafts[channelId] ?? "") === text) return;
	const drafts = work.at(work.root, "drafts");
	if (text === "") {
		delete drafts[channelId];
		const { lostEdits } = work.root.ui;
		if (lostEdits.includes(channelId))
			work.at(work.root, "ui").lostEdits = lostEdits.filter(
				(key) => key !== channelId,
			);
	} else drafts[channelId] = text;
}
