// What a channel's head alone tells where no rows are kept.
import { describe, expect, it } from "vitest";
import type { Channel } from "@/api/types.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { Input } from "@/stores/inputs.ts";
import {
	selectIsBehind,
	selectIsUnread,
	selectUnreadCount,
} from "@/stores/selectors.ts";
import { initialState } from "@/stores/state.ts";
import {
	channelId,
	connected,
	created,
	event,
	me,
	message,
	page,
	readUpdated,
	serverId,
	startLoad,
} from "./support/samples.ts";

function heads(lastSeq: number, lastMessageId: string | null): Input {
	const head = {
		id: channelId,
		last_seq: lastSeq,
		last_message_id: lastMessageId,
	};
	return event("heads", { server_id: serverId, channels: [head] });
}

const read = applyBatch(initialState, connected(50, "500"));

describe("the head of a channel without rows", () => {
	it("marks it when there is a message that was not read", () => {
		expect(selectIsUnread(read, channelId)).toBe(false);
		const state = applyBatch(read, [heads(51, "510")]);
		expect(selectIsUnread(state, channelId)).toBe(true);
		expect(selectUnreadCount(state, channelId)).toBeNull();
	});

	it("does not mark it when the newest message was read", () => {
		const state = applyBatch(read, [heads(51, "500")]);
		expect(selectIsUnread(state, channelId)).toBe(false);
	});

	it("leaves a count alone that knows as much", () => {
		const counted = applyBatch(read, [created(message(510, 51))]);
		const state = applyBatch(counted, [heads(51, "510"), heads(50, "500")]);
		expect(selectUnreadCount(state, channelId)).toBe(1);
	});

	it("does not mark it for a message of mine", () => {
		const sent: Input = {
			kind: "ack",
			channelId,
			nonce: "n",
			id: "510",
			seq: 51,
		};
		const mine = readUpdated("510", 9);
		const state = applyBatch(read, [sent, mine, heads(51, "510")]);
		expect(selectIsUnread(state, channelId)).toBe(false);
		const other = applyBatch(read, [
			mine,
			created(message(510, 51, { author: me })),
			heads(51, "510"),
		]);
		expect(selectIsUnread(other, channelId)).toBe(false);
	});

	it("is told by the heads of a new connection, too", () => {
		const [begin, structure, reads] = connected(51, "510");
		if (reads?.kind !== "event" || reads.event.name !== "server_reads")
			throw new Error("not the heads");
		for (const head of reads.event.data.channels) head.last_read_id = "500";
		const inputs = [begin, structure, reads];
		const state = applyBatch(
			read,
			inputs.filter((one) => one !== undefined),
		);
		expect(selectIsUnread(state, channelId)).toBe(true);
	});
});

describe("the head of a channel with rows", () => {
	it("marks it, too, and leaves the rows to the sync that it starts", () => {
		const open = applyBatch(read, [startLoad()]);
		const state = applyBatch(open, [heads(51, "510")]);
		expect(selectIsUnread(state, channelId)).toBe(true);
		expect(selectUnreadCount(state, channelId)).toBeNull();
		expect(state.tracks[channelId]).toMatchObject({ last: 50, head: 51 });
	});
});

describe("a channel of which all comes from here on", () => {
	const watched = (lastSeq: number | null): Input => {
		const lastMessageId = lastSeq === null ? null : `${lastSeq}0`;
		const head = { last_seq: lastSeq, last_message_id: lastMessageId };
		return { kind: "watched", channels: [{ id: channelId, ...head }] };
	};
	const open = applyBatch(read, [
		startLoad(),
		page("newest", [message(500, 50)]),
	]);

	it("has fetched what lies before that", () => {
		const state = applyBatch(open, [watched(52)]);
		expect(state.tracks[channelId]).toMatchObject({ last: 50, head: 52 });
		expect(selectIsBehind(state, channelId)).toBe(true);
	});

	it("lacks nothing where that is here, or is still to be said", () => {
		for (const lastSeq of [50, 49, null]) {
			const state = applyBatch(open, [watched(lastSeq)]);
			expect(selectIsBehind(state, channelId)).toBe(false);
		}
	});
});

describe("a channel that was made meanwhile", () => {
	const fresh = "3000";
	const channel: Channel = {
		id: fresh,
		server_id: serverId,
		type: 0,
		name: "news",
		topic: "",
		position: 1,
		created_at: 0,
	};
	const made = event("channel_created", {
		channel,
		epoch: 99,
		structure_rev: 99,
	});
	const head = (lastSeq: number, lastMessageId: string | null) => ({
		id: fresh,
		last_seq: lastSeq,
		last_message_id: lastMessageId,
	});
	const heads = (lastSeq: number, lastMessageId: string | null) =>
		event("heads", {
			server_id: serverId,
			channels: [head(lastSeq, lastMessageId)],
		});
	const begun = applyBatch(read, [made]);

	it("is read until something is written there", () => {
		expect(begun.channels.byId[fresh]?.name).toBe("news");
		expect(selectIsUnread(begun, fresh)).toBe(false);
		const state = applyBatch(begun, [heads(0, null)]);
		expect(selectIsUnread(state, fresh)).toBe(false);
	});

	it("is marked by its head alone", () => {
		const state = applyBatch(begun, [heads(1, "510")]);
		expect(selectIsUnread(state, fresh)).toBe(true);
	});

	it("counts its first message", () => {
		const first = created(message(510, 1, { channel_id: fresh }));
		const state = applyBatch(begun, [first, heads(1, "510")]);
		expect(selectUnreadCount(state, fresh)).toBe(1);
	});

	it("keeps what is known of it when it is told of once more", () => {
		const again = event("channel_created", {
			channel,
			epoch: 100,
			structure_rev: 100,
		});
		const state = applyBatch(begun, [heads(3, "530"), again]);
		expect(selectIsUnread(state, fresh)).toBe(true);
		expect(state.tracks[fresh]?.head).toBe(3);
	});
});
