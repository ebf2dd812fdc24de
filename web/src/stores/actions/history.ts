/** Opening channels and moving through their history. */
import { ApiError } from "@/api/errors.ts";
import type { PageQuery } from "@/api/messages.ts";
import type { Id } from "@/api/types.ts";
import { onForget, sameAccount } from "@/lib/forget.ts";
import { placeOf } from "@/lib/ids.ts";
import { recallHeld } from "../heldMark.ts";
import { ports } from "../ports.ts";
import { selectMe } from "../selectors.ts";
import { dispatch, dispatchLocal, getState } from "../store.ts";
import { contextOf } from "../timelineRows.ts";

/** Older than any message: the first id that the wire knows. */
const BEFORE_ALL: Id = "1";

type Part = "newest" | "around";
type Flight = {
	control: AbortController;
	isOfThisPast: () => boolean;
	part: Part;
	/** What has to be in it; what is around where that would be is of no use. */
	wantedId: Id | undefined;
	/** Whether it has brought what was asked for. */
	done: Promise<boolean>;
};

/** Loads of whole windows on their way; a newer one makes them pointless. */
const flights = new Map<Id, Flight>();
onForget(() => {
	for (const { control } of flights.values()) control.abort();
	flights.clear();
});

/**
 * Shows a channel: at once from what is kept, else from the hub, around the
 * first unread message when there are some.
 */
export async function openChannel(channelId: Id): Promise<void> {
	const heldId = recallHeld(selectMe(getState())?.id ?? null, channelId);
	dispatchLocal({ do: "channel_opened", channelId, at: Date.now(), heldId });
	const { timelines, ui } = getState();
	const timeline = timelines[channelId];
	const isUsable = timeline?.status === "ready" && !timeline.isStale;
	const entry = ui.entry;
	const loads = [
		isUsable || isLoading(channelId) ? null : loadEntry(channelId),
		entry && !isCounting(channelId) ? loadRead(channelId) : null,
	];
	await Promise.all(loads);
}

/** No channel is shown. */
export function closeChannel(): void {
	dispatchLocal({ do: "channel_opened", channelId: null, at: Date.now() });
}

export async function loadOlder(channelId: Id): Promise<void> {
	const timeline = getState().timelines[channelId];
	const anchor = timeline?.ids[0];
	if (!timeline?.hasOlder || timeline.isLoadingOlder || !anchor) return;
	await loadPart(channelId, "older", anchor, { before: anchor });
}

export async function loadNewer(channelId: Id): Promise<void> {
	const timeline = getState().timelines[channelId];
	const anchor = timeline?.ids.at(-1);
	if (!timeline?.hasNewer || timeline.isLoadingNewer || !anchor) return;
	await loadPart(channelId, "newer", anchor, { after: anchor });
}

/** Asks again for what is newer than the window and could not be loaded. */
export async function retryNewer(channelId: Id): Promise<void> {
	if (getState().timelines[channelId]?.hasNewer) return loadNewer(channelId);
	await reloadWindow(channelId);
}

/**
 * Puts the newest messages on the screen, replacing the window if needed; answers whether they are
 * there. Nothing comes of a jump that was `left`, or overtaken by another, while it was loading.
 */
export function jumpToPresent(
	channelId: Id,
	left?: AbortSignal,
): Promise<boolean> {
	return unlessLeft(left, async () => {
		const timeline = getState().timelines[channelId];
		const isWhole = timeline?.status === "ready" && !timeline.hasNewer;
		if (isWhole && !timeline.isStale) return true;
		let done = loadWindow(channelId, "newest", {}, left);
		while (!(await done)) {
			// What loads by itself may have overtaken it, and brings the same.
			const next = flights.get(channelId);
			if (left?.aborted || next?.part !== "newest") return false;
			done = next.done;
		}
		return true;
	});
}

/**
 * Puts one message in the middle and highlights it; answers whether it is there, likewise. One that is
 * gone, or never was, is not found: the reader stays where they are, or begins as without it.
 */
export function jumpToMessage(
	channelId: Id,
	messageId: Id,
	left?: AbortSignal,
): Promise<boolean> {
	return unlessLeft(left, async () => {
		const wanted = { around: messageId, wantedId: messageId };
		if (!(await showAround(channelId, wanted, left))) return false;
		if (!getState().timelines[channelId]?.byId[messageId])
			throw new ApiError({ code: "not_found" });
		mark(channelId, messageId);
		return true;
	});
}

/** The same with the message up to which was read; where that is gone, with the next one. */
export function jumpToRead(
	channelId: Id,
	lastReadId: Id,
	left?: AbortSignal,
): Promise<boolean> {
	return unlessLeft(left, async () => {
		const wanted = { around: lastReadId };
		if (!(await showAround(channelId, wanted, left))) return false;
		const ids = getState().timelines[channelId]?.ids ?? [];
		mark(channelId, ids[placeOf(ids, lastReadId)] ?? ids.at(-1));
		return true;
	});
}

/**
 * Puts the beginning of a channel on the screen and highlights its first message; answers whether it
 * is there, likewise.
 */
export function jumpToStart(
	channelId: Id,
	left?: AbortSignal,
): Promise<boolean> {
	return unlessLeft(left, async () => {
		const isThere =
			getState().timelines[channelId]?.hasOlder === false ||
			(await loadWindow(channelId, "around", { after: BEFORE_ALL }, left));
		if (!isThere || left?.aborted) return false;
		mark(channelId, getState().timelines[channelId]?.ids[0]);
		return true;
	});
}

/** Answers whether there is what stands `around`, or beside it. */
async function showAround(
	channelId: Id,
	{ around, wantedId }: { around: Id; wantedId?: Id },
	left: AbortSignal | undefined,
): Promise<boolean> {
	const timeline = getState().timelines[channelId];
	const isShown = timeline?.byId[around] && contextOf(timeline) !== around;
	const isThere =
		isShown ||
		(await loadWindow(channelId, "around", { around }, left, wantedId));
	return isThere && !left?.aborted;
}

function mark(channelId: Id, messageId: Id | undefined): void {
	if (messageId)
		dispatchLocal({ do: "jumped", channelId, messageId, at: Date.now() });
}

/** Whoever has left is not there, and why is nothing to them. */
async function unlessLeft(
	left: AbortSignal | undefined,
	jump: () => Promise<boolean>,
): Promise<boolean> {
	try {
		return await jump();
	} catch (error) {
		if (left?.aborted) return false;
		throw error;
	}
}

/** The highlight of a jump has been shown. */
export function jumpShown(): void {
	dispatchLocal({ do: "jump_shown" });
}

/** The reader is, or is no longer, at the end of the window. */
export function setFollowing(channelId: Id, isFollowing: boolean): void {
	const timeline = getState().timelines[channelId];
	if (timeline && timeline.isFollowing !== isFollowing)
		dispatchLocal({ do: "following", channelId, isFollowing });
}

/** Loads a stale window anew, where the reader is; one that has never come, where reading begins. */
export async function reloadWindow(channelId: Id): Promise<void> {
	const hasCome = getState().timelines[channelId]?.status === "ready";
	if (hasCome) await loadWindow(channelId, "newest", {});
	else await loadEntry(channelId);
}

async function loadEntry(channelId: Id): Promise<void> {
	const { reads, ui } = getState();
	// Where I have read nothing yet, it only says since when I am here: what is new may be all there is.
	const hasRead = reads[channelId]?.rev !== 0;
	const isEntry = hasRead && ui.entry?.channelId === channelId;
	const around = isEntry ? ui.entry?.lastReadId : null;
	if (around) await loadWindow(channelId, "around", { around });
	else await loadWindow(channelId, "newest", {});
}

/** Questions for counts on their way, each as long as its answer will count. */
const counts = new Map<Id, () => boolean>();
onForget(() => counts.clear());

/** Whether the exact count of what is unread is on its way. */
export function isCounting(channelId: Id): boolean {
	return counts.get(channelId)?.() ?? false;
}

/** Asks for the exact count of what is unread. */
export async function loadRead(channelId: Id): Promise<void> {
	const isOfThisPast = notePast();
	counts.set(channelId, isOfThisPast);
	try {
		const read = await ports().api.messages.read(channelId);
		if (!isOfThisPast()) return;
		dispatch({ kind: "page", page: { of: "read", read } });
	} catch {
		// The count is an extra; the divider stands without it.
	} finally {
		if (counts.get(channelId) === isOfThisPast) counts.delete(channelId);
	}
}

/**
 * Says later whether the hub has still the past that it has now, and the same account is here. An
 * answer to what was asked before may be of the other one, and its window is not there any more.
 */
function notePast(): () => boolean {
	const before = getState().hub?.generation;
	const isMine = sameAccount();
	return () =>
		isMine() && (before === undefined || before === getState().hub?.generation);
}

function isLoading(channelId: Id): boolean {
	return flights.get(channelId)?.isOfThisPast() ?? false;
}

/**
 * Answers whether the window is what was asked for: a load that is overtaken is not. Whoever has
 * `left` is spared it, unless nothing else would be shown.
 */
function loadWindow(
	channelId: Id,
	part: Part,
	query: PageQuery,
	left?: AbortSignal,
	wantedId?: Id,
): Promise<boolean> {
	flights.get(channelId)?.control.abort();
	const control = new AbortController();
	const isOfThisPast = notePast();
	const done = Promise.resolve(false);
	const flight: Flight = { control, isOfThisPast, part, wantedId, done };
	const { signal } = control;
	if (getState().timelines[channelId]?.status === "ready")
		left?.addEventListener("abort", () => control.abort(), { signal });
	flights.set(channelId, flight);
	flight.done = fly(channelId, flight, query);
	return flight.done;
}

async function fly(
	channelId: Id,
	flight: Flight,
	query: PageQuery,
): Promise<boolean> {
	const { part, wantedId } = flight;
	const { signal } = flight.control;
	let isFound = true;
	dispatchLocal({ do: "load_started", channelId, part: "whole" });
	try {
		const page = await ports().api.messages.page(channelId, query, signal);
		// It may have been overtaken in the very moment in which it arrived.
		signal.throwIfAborted();
		if (!flight.isOfThisPast()) return false;
		isFound =
			wantedId === undefined || page.items.some(({ id }) => id === wantedId);
		if (!isFound) return missed(channelId);
		dispatch({
			kind: "page",
			page: { of: "messages", channelId, part, anchor: null, page },
		});
		return true;
	} catch (error) {
		if (!flight.isOfThisPast()) return false;
		dispatchLocal({ do: "load_failed", channelId, part: "whole" });
		if (!signal.aborted || !isFound) throw error;
		return false;
	} finally {
		if (flights.get(channelId) === flight) flights.delete(channelId);
	}
}

/** The channel is shown all the same; what fails of that shows in its list. */
function missed(channelId: Id): never {
	if (getState().timelines[channelId]?.status !== "ready")
		void loadEntry(channelId).catch(() => {});
	throw new ApiError({ code: "not_found" });
}

async function loadPart(
	channelId: Id,
	part: "older" | "newer",
	anchor: Id,
	query: PageQuery,
): Promise<void> {
	const isOfThisPast = notePast();
	dispatchLocal({ do: "load_started", channelId, part });
	try {
		const page = await ports().api.messages.page(channelId, query);
		if (!isOfThisPast()) return;
		dispatch({
			kind: "page",
			page: { of: "messages", channelId, part, anchor, page },
		});
	} catch (error) {
		if (!isOfThisPast()) return;
		dispatchLocal({ do: "load_failed", channelId, part });
		throw error;
	}
}
