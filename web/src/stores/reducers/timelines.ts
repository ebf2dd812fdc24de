/**
 * Windows of history. A window is contiguous: pages say whether there is more
 * on either side, and a row is taken only where nothing can be missing between
 * it and its neighbours. Knows nothing of sequence numbers.
 */
import type { Id, Message, MessagePage } from "@/api/types.ts";
import { compareIds, placeOf } from "@/lib/ids.ts";
import {
	newTimeline,
	type Timeline,
	timelinesMax,
	windowRowsMax,
} from "../state.ts";
import type { Work } from "../work.ts";
import { recallUser } from "./users.ts";

type Part = "whole" | "older" | "newer";

/** The channel's window, private to this batch; undefined when there is none. */
export function timelineOf(work: Work, channelId: Id): Timeline | undefined {
	if (!work.root.timelines[channelId]) return undefined;
	return work.at(work.at(work.root, "timelines"), channelId);
}

/** A page is about to be asked for; the window is made if there is none. */
export function startLoad(work: Work, channelId: Id, part: Part): void {
	const timelines = work.at(work.root, "timelines");
	timelines[channelId] ??= work.own(newTimeline());
	const timeline = work.at(timelines, channelId);
	timeline.loads += 1;
	if (part === "older") timeline.isLoadingOlder = true;
	if (part === "newer") timeline.isLoadingNewer = true;
	if (part === "whole" && timeline.status === "failed")
		timeline.status = "loading";
	touch(work, channelId);
}

export function failLoad(work: Work, channelId: Id, part: Part): void {
	const timeline = timelineOf(work, channelId);
	if (!timeline) return;
	endLoad(timeline, part);
	if (part === "newer") timeline.hasFailedNewer = true;
	if (timeline.status === "loading" && timeline.loads === 0)
		timeline.status = "failed";
}

/** Whether what is newer than the window was asked for in vain. */
export function setFailedNewer(
	work: Work,
	channelId: Id,
	hasFailed: boolean,
): void {
	const timeline = timelineOf(work, channelId);
	if (timeline) timeline.hasFailedNewer = hasFailed;
}

function endLoad(timeline: Timeline, part: Part): void {
	timeline.loads = Math.max(0, timeline.loads - 1);
	if (part === "older") timeline.isLoadingOlder = false;
	if (part === "newer") timeline.isLoadingNewer = false;
	if (timeline.loads === 0) timeline.overlay = {};
}

/** Takes the present state of one message, wherever it came from. */
export function takeRow(work: Work, message: Message): void {
	const timeline = timelineOf(work, message.channel_id);
	if (!timeline) return;
	if (timeline.loads > 0) {
		const overlay = work.at(timeline, "overlay");
		overlay[message.id] = later(overlay[message.id], message);
	}
	if (message.is_deleted) return dropRow(work, timeline, message.id);
	putRow(work, timeline, message);
	trim(work, timeline, timeline.isFollowing ? "oldest" : "newest");
}

/** Replaces or extends the window by a page that was read some time ago. */
export function takePage(
	work: Work,
	channelId: Id,
	part: "newest" | "around" | "older" | "newer",
	anchor: Id | null,
	page: MessagePage,
): void {
	const timeline = timelineOf(work, channelId);
	if (!timeline) return;
	const rows = page.items
		.map((row) => later(timeline.overlay[row.id], row))
		.filter((row) => !row.is_deleted && !timeline.deleted[row.id]);
	for (const row of rows) recallUser(work, row.author);
	const isWhole = part === "newest" || part === "around";
	if (isWhole) replaceWindow(work, timeline, page);
	if (isWhole || adjoins(timeline, part, anchor)) {
		if (part === "older") timeline.hasOlder = page.has_older;
		if (part === "newer") timeline.hasNewer = page.has_newer;
		if (part !== "older") timeline.hasFailedNewer = false;
		spliceRows(work, timeline, rows);
		// A change that the page already knows of and does not show is undone.
		const known = newestChange(page);
		for (const row of Object.values(timeline.overlay))
			if (!row.is_deleted && row.rev > known) putRow(work, timeline, row);
		trim(work, timeline, part === "older" ? "newest" : "oldest");
	}
	endLoad(timeline, part === "older" || part === "newer" ? part : "whole");
}

/** The page was read when the channel had come at least this far. */
export function newestChange(page: MessagePage): number {
	return page.items.reduce((rev, row) => Math.max(rev, row.rev), 0);
}

/** Forgets the oldest windows beyond the number that is kept. */
function touch(work: Work, channelId: Id): void {
	const others = work.root.recent.filter((id) => id !== channelId);
	const recent = [...others, channelId];
	while (recent.length > timelinesMax) {
		const oldest = recent.find(
			(id) => id !== channelId && id !== work.root.ui.openChannelId,
		);
		if (oldest === undefined) break;
		recent.splice(recent.indexOf(oldest), 1);
		dropTimeline(work, oldest);
	}
	work.root.recent = recent;
}

/** Forgets a window; its channel goes on without one. */
export function dropTimeline(work: Work, channelId: Id): void {
	if (!work.root.timelines[channelId]) return;
	delete work.at(work.root, "timelines")[channelId];
	work.root.recent = work.root.recent.filter((id) => id !== channelId);
	if (!work.root.tracks[channelId]) return;
	const track = work.at(work.at(work.root, "tracks"), channelId);
	// Without rows nothing is missing: the next page is newer than all of this.
	track.last = Math.max(track.last ?? 0, track.head);
	track.head = track.last;
	track.buffered = {};
}

function adjoins(timeline: Timeline, part: string, anchor: Id | null): boolean {
	const edge = part === "older" ? timeline.ids[0] : timeline.ids.at(-1);
	return edge !== undefined && edge === anchor;
}

function replaceWindow(work: Work, timeline: Timeline, page: MessagePage) {
	timeline.byId = work.own({});
	timeline.ids = work.own([]);
	timeline.hasOlder = page.has_older;
	timeline.hasNewer = page.has_newer;
	timeline.status = "ready";
	timeline.isStale = false;
	timeline.isFollowing = !page.has_newer;
}

function spliceRows(work: Work, timeline: Timeline, rows: Message[]): void {
	const byId = work.at(timeline, "byId");
	const known = timeline.ids;
	const fresh = rows.filter((row) => byId[row.id] === undefined);
	for (const row of rows) byId[row.id] = later(byId[row.id], row);
	const ids = fresh.map((row) => row.id);
	timeline.ids = work.own([...known, ...ids].sort(compareIds));
}

function putRow(work: Work, timeline: Timeline, message: Message): void {
	const { id } = message;
	const known = timeline.byId[id];
	if (known) {
		if (message.rev > known.rev) work.at(timeline, "byId")[id] = message;
		return;
	}
	if (timeline.deleted[id] || !isInside(timeline, id)) return;
	work.at(timeline, "byId")[id] = message;
	const ids = work.at(timeline, "ids");
	ids.splice(placeOf(ids, id), 0, id);
}

function dropRow(work: Work, timeline: Timeline, id: Id): void {
	work.at(timeline, "deleted")[id] = true;
	if (!timeline.byId[id]) return;
	delete work.at(timeline, "byId")[id];
	const ids = work.at(timeline, "ids");
	ids.splice(placeOf(ids, id), 1);
}

/** Whether nothing can be missing between this row and the window. */
function isInside(timeline: Timeline, id: Id): boolean {
	if (timeline.status !== "ready") return false;
	const [first] = timeline.ids;
	const last = timeline.ids.at(-1);
	if (first === undefined || last === undefined)
		return !timeline.hasOlder && !timeline.hasNewer;
	if (compareIds(id, first) < 0) return !timeline.hasOlder;
	return compareIds(id, last) < 0 || !timeline.hasNewer;
}

function trim(work: Work, timeline: Timeline, side: "oldest" | "newest") {
	const surplus = timeline.ids.length - windowRowsMax;
	if (surplus <= 0) return;
	const ids = work.at(timeline, "ids");
	const gone =
		side === "oldest" ? ids.splice(0, surplus) : ids.splice(-surplus);
	const byId = work.at(timeline, "byId");
	for (const id of gone) delete byId[id];
	if (side === "oldest") timeline.hasOlder = true;
	else timeline.hasNewer = true;
}

function later(a: Message | undefined, b: Message): Message {
	return a && a.rev >= b.rev ? a : b;
}
