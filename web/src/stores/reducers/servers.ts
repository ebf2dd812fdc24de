/** Servers and their structure. Older structure never replaces newer. */
import type {
	Channel,
	ChannelForMember,
	EventMap,
	Id,
	ReadyServer,
	ServerState,
} from "@/api/types.ts";
import { editsIn } from "@/lib/draftKey.ts";
import type { Gone, Lost, ServerEntry } from "../state.ts";
import type { Work } from "../work.ts";
import { dropArrangement, tellChannels } from "./channelOrder.ts";
import { beginRead, setRead } from "./reads.ts";
import { setServerOrder } from "./serverOrder.ts";
import { dropTimeline } from "./timelines.ts";
import { applyHead, beginTrack } from "./tracks.ts";

/** The servers I am in, as a connection begins. */
export function setServers(work: Work, servers: readonly ReadyServer[]): void {
	const ids = new Set(servers.map((server) => server.id));
	for (const id of work.root.servers.order)
		if (!ids.has(id)) loseServer(work, id, "meanwhile");
	for (const server of servers) {
		const entry = ensureServer(work, server.id);
		entry.name = server.name;
		entry.icon = server.icon;
		entry.isUnread = server.is_unread;
		entry.mentions = server.mentions;
		countMembers(entry, server);
	}
	setServerOrder(
		work,
		servers.map((server) => server.id),
	);
}

/** What the hub says next of its servers holds, whatever numbers it had when it said the last. */
export function forgetNumbers(work: Work): void {
	const servers = work.at(work.root, "servers");
	servers.order = servers.kept ?? servers.order;
	servers.kept = null;
	servers.orderRev = 0;
	const byId = work.at(servers, "byId");
	for (const id of Object.keys(byId)) {
		const entry = work.at(byId, id);
		if (entry) Object.assign(entry, { structureRev: 0, epoch: 0 });
	}
}

/** Everything of one server at once. */
export function replaceServer(work: Work, state: ServerState): void {
	const { server } = state;
	const known = work.root.servers.byId[server.id];
	if (known && known.structureRev > state.structure_rev) return;
	const entry = ensureServer(work, server.id);
	Object.assign(entry, {
		name: server.name,
		icon: server.icon,
		structureRev: state.structure_rev,
		permissions: state.permissions,
		details: server,
	});
	countMembers(entry, server);
	const following = state.following ?? [];
	const kept = new Set(following);
	for (const channel of state.channels) kept.add(channel.id);
	for (const id of work.root.channels.byServer[server.id] ?? [])
		if (!kept.has(id)) dropChannel(work, server.id, id, "hidden");
	const channels = work.at(work.root, "channels");
	const byId = work.at(channels, "byId");
	for (const channel of rowsOf(work, state.channels))
		byId[channel.id] = channel;
	const rows = [...kept].flatMap((id) => byId[id] ?? []);
	entry.following = following.filter((id) => !byId[id]);
	work.at(channels, "byServer")[server.id] = inOrder(rows);
	tellChannels(work, server.id);
}

/**
 * An answer about a server. What I may do there moves under a structure of the same number: whatever
 * events have told of that one meanwhile is newer.
 */
export function recallServer(work: Work, state: ServerState): void {
	const known = work.root.servers.byId[state.server.id];
	const isTold = known?.details && known.structureRev >= state.structure_rev;
	if (!isTold) replaceServer(work, state);
}

/** Channels of a large server that did not fit beside its state. */
export function addChannels(
	work: Work,
	data: EventMap["server_channels"],
): void {
	if (!advance(work, data.server_id, data)) return;
	putRows(work, data.server_id, rowsOf(work, data.channels));
}

/** Channels as they are for all; what I may do in them is noted. */
function rowsOf(work: Work, seen: readonly ChannelForMember[]): Channel[] {
	const known = work.at(work.root, "channelPermissions");
	return seen.map(({ permissions, ...channel }) => {
		known[channel.id] = permissions;
		return channel;
	});
}

export function applyServerReads(
	work: Work,
	data: EventMap["server_reads"],
): void {
	// From here on each of its channels says so itself, and one that goes says nothing any more.
	if (work.root.servers.byId[data.server_id])
		ensureServer(work, data.server_id).isUnread = false;
	for (const head of data.channels) {
		if (!work.root.channels.byId[head.id]) continue;
		applyHead(work, head);
		setRead(work, head.id, head.last_read_id, head.read_rev);
	}
}

export function updateServer(
	work: Work,
	data: EventMap["server_updated"],
): void {
	const { server } = data;
	if (!advance(work, server.id, data)) return;
	const entry = ensureServer(work, server.id);
	Object.assign(entry, {
		name: server.name,
		icon: server.icon,
		details: server,
	});
	countMembers(entry, server);
}

export function removeServer(
	work: Work,
	{ server_id: id, reason }: EventMap["server_removed"],
): void {
	loseServer(work, id, reason);
}

function loseServer(work: Work, id: Id, reason: Lost["reason"]): void {
	const entry = work.root.servers.byId[id];
	if (!entry) return;
	const ui = work.at(work.root, "ui");
	const { order } = work.root.servers;
	ui.lost = [...ui.lost, { serverId: id, name: entry.name, reason, order }];
	dropServer(work, id);
}

export function putChannel(
	work: Work,
	data: EventMap["channel_created"],
): void {
	const { channel } = data;
	if (!advance(work, channel.server_id, data)) return;
	putRows(work, channel.server_id, [channel]);
	// Nothing was written there before: whatever is said of it from here on counts.
	beginTrack(work, channel.id);
	beginRead(work, channel.id);
}

function putRows(work: Work, serverId: Id, rows: readonly Channel[]): void {
	const channels = work.at(work.root, "channels");
	const byId = work.at(channels, "byId");
	const ids = new Set(channels.byServer[serverId]);
	for (const channel of rows) {
		byId[channel.id] = channel;
		ids.add(channel.id);
	}
	const known = [...ids].flatMap((id) => byId[id] ?? []);
	work.at(channels, "byServer")[serverId] = inOrder(known);
	awaitNoMore(work, serverId, ids);
}

/** These have come, or never will. */
function awaitNoMore(work: Work, serverId: Id, ids: ReadonlySet<Id>): void {
	const awaited = work.root.servers.byId[serverId]?.following ?? [];
	if (!awaited.some((id) => ids.has(id))) return;
	const entry = ensureServer(work, serverId);
	entry.following = awaited.filter((id) => !ids.has(id));
}

/** An answer about a channel: it has no number, so it only fills a gap. */
export function recallChannel(work: Work, channel: Channel): void {
	if (!work.root.servers.byId[channel.server_id]) return;
	if (work.root.channels.byId[channel.id]) return;
	putRows(work, channel.server_id, [channel]);
}

export function deleteChannel(
	work: Work,
	data: EventMap["channel_deleted"],
): void {
	if (!advance(work, data.server_id, data)) return;
	dropChannel(work, data.server_id, data.channel_id, "deleted");
}

/** What I may do and see is other than before. */
export function updateRights(
	work: Work,
	data: EventMap["rights_updated"],
): void {
	const { server_id: serverId, hidden, shown, channels } = data;
	if (!advance(work, serverId, data)) return;
	ensureServer(work, serverId).permissions = data.permissions;
	for (const id of hidden) dropChannel(work, serverId, id, "hidden");
	putRows(work, serverId, rowsOf(work, shown));
	const known = work.at(work.root, "channelPermissions");
	// One that is still on its way says so itself.
	for (const { id, permissions } of channels)
		if (work.root.channels.byId[id]) known[id] = permissions;
}

export function reorderChannels(
	work: Work,
	data: EventMap["channels_reordered"],
): void {
	if (!advance(work, data.server_id, data)) return;
	const channels = work.at(work.root, "channels");
	const byId = work.at(channels, "byId");
	// Channels that are still on their way keep their places between those that are known.
	for (const { id, position } of data.channels) {
		const row = byId[id];
		if (row) byId[id] = { ...row, position };
	}
	const byServer = work.at(channels, "byServer");
	const known = (byServer[data.server_id] ?? []).flatMap(
		(id) => byId[id] ?? [],
	);
	byServer[data.server_id] = inOrder(known);
	tellChannels(work, data.server_id);
}

/** Forgets everything of a server. */
function dropServer(work: Work, serverId: Id): void {
	for (const id of work.root.channels.byServer[serverId] ?? [])
		dropChannel(work, serverId, id, "hidden");
	delete work.at(work.at(work.root, "channels"), "byServer")[serverId];
	const servers = work.at(work.root, "servers");
	delete work.at(servers, "byId")[serverId];
	servers.order = servers.order.filter((id) => id !== serverId);
	dropArrangement(work, serverId);
	delete work.at(work.root, "members")[serverId];
}

/** Forgets everything of a channel; what was unsent in it goes to whoever tells that it is gone. */
function dropChannel(
	work: Work,
	serverId: Id,
	id: Id,
	reason: Gone["reason"],
): void {
	noteGone(work, serverId, id, reason);
	awaitNoMore(work, serverId, new Set([id]));
	const channels = work.at(work.root, "channels");
	const byServer = work.at(channels, "byServer");
	byServer[serverId] = (byServer[serverId] ?? []).filter((one) => one !== id);
	delete work.at(channels, "byId")[id];
	delete work.at(work.root, "channelPermissions")[id];
	dropTimeline(work, id);
	delete work.at(work.root, "tracks")[id];
	delete work.at(work.root, "reads")[id];
	delete work.at(work.root, "moves")[id];
	delete work.at(work.root, "typing")[id];
	const drafts = work.at(work.root, "drafts");
	delete drafts[id];
	for (const { key } of editsIn(drafts, id)) delete drafts[key];
	delete work.at(work.root, "outbox")[id];
	const ui = work.at(work.root, "ui");
	if (ui.openChannelId === id) ui.openChannelId = null;
	if (ui.entry?.channelId === id) ui.entry = null;
	if (ui.jump?.channelId === id) ui.jump = null;
}

/** That a channel goes concerns me if I read it or have words in it that nobody has got. */
function noteGone(
	work: Work,
	serverId: Id,
	channelId: Id,
	reason: Gone["reason"],
): void {
	const { channels, drafts, outbox, servers, ui } = work.root;
	const name = channels.byId[channelId]?.name;
	if (name === undefined) return;
	const wasOpen = ui.openChannelId === channelId;
	const draft = drafts[channelId] ?? "";
	const unsent = (outbox[channelId] ?? []).filter(
		({ state }) => state.status !== "sent",
	);
	const edits = editsIn(drafts, channelId);
	const isConcern =
		wasOpen || draft !== "" || unsent.length > 0 || edits.length > 0;
	if (!isConcern) return;
	const serverName = servers.byId[serverId]?.name ?? "";
	const known = channels.byServer[serverId] ?? [];
	const order = work.root.arranged[serverId]?.order ?? known;
	const place = { serverId, serverName, channelId, name, order, wasOpen };
	const gone = { ...place, reason, draft, unsent, edits };
	work.at(work.root, "ui").gone = [...ui.gone, gone];
}

/**
 * Notes a change of structure; false when something newer is known. Several
 * changes that were made together have the same number, and all of them hold.
 */
function advance(
	work: Work,
	serverId: Id,
	{ structure_rev: rev }: { structure_rev: number },
): boolean {
	const known = work.root.servers.byId[serverId];
	if (!known || known.structureRev > rev) return false;
	ensureServer(work, serverId).structureRev = rev;
	return true;
}

/** Members come and go without a change of structure: the newest count holds. */
function countMembers(
	entry: ServerEntry,
	{ member_count, epoch }: { member_count: number; epoch: number },
): void {
	if (entry.epoch > epoch) return;
	entry.epoch = epoch;
	entry.memberCount = member_count;
}

function ensureServer(work: Work, id: Id): ServerEntry {
	const servers = work.at(work.root, "servers");
	const byId = work.at(servers, "byId");
	if (!byId[id]) {
		byId[id] = work.own({
			id,
			name: "",
			icon: null,
			structureRev: 0,
			permissions: "0",
			memberCount: 0,
			epoch: 0,
			isUnread: false,
			mentions: 0,
			details: null,
		});
		if (!servers.order.includes(id)) servers.order = [...servers.order, id];
	}
	return work.at(byId, id);
}

function inOrder(channels: readonly Channel[]): Id[] {
	return channels
		.toSorted((a, b) => a.position - b.position)
		.map((channel) => channel.id);
}
