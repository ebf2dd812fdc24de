// Reading positions that are moved again before the hub has answered: whatever it takes, and in
// whatever order, what is shown is the last that waits, else what the hub has.
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Id } from "@/api/types.ts";
import { markRead, markReadTo, markUnread } from "@/stores/actions/presence.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { initialState } from "@/stores/state.ts";
import { dispatch, dispatchLocal, getState, store } from "@/stores/store.ts";
import {
	channelId,
	connected,
	created,
	message,
	page,
	readUpdated,
	startLoad,
} from "./support/samples.ts";

type Asked = {
	messageId: Id;
	take: (answer: { rev: number }) => void;
	refuse: () => void;
};

/** What the hub has been told and not answered, and what it has. */
let asked: Asked[];
let has: { id: Id; rev: number };

const command = vi.fn((_: string, body: { message_id: Id }) => {
	return new Promise<unknown>((take, reject) => {
		const refuse = () => reject(new Error("refused"));
		asked.push({ messageId: body.message_id, take, refuse });
	});
});
const read = () => getState().reads[channelId];
const entry = () => getState().ui.entry;

function begin(): void {
	asked = [];
	has = { id: "2", rev: 1 };
	const rows = [1, 2, 3, 4, 5, 6].map((n) => message(n, n));
	const begun = [...connected(6, "6", has), startLoad(), page("newest", rows)];
	store.setState(applyBatch(initialState, begun), true);
	dispatchLocal({ do: "channel_opened", channelId, at: 1 });
	const counted = {
		channel_id: channelId,
		last_read_id: "2",
		rev: 1,
		unread: 4,
	};
	dispatch({ kind: "page", page: { of: "read", read: counted } });
}

/** The hub answers the question at this place; its event may come before the answer. */
async function answer(at: number, isTaken: boolean, isTold: boolean) {
	const [one] = asked.splice(at % asked.length, 1);
	if (!one) return;
	if (isTaken) {
		has = { id: one.messageId, rev: has.rev + 1 };
		if (isTold) dispatch(readUpdated(has.id, has.rev));
		one.take({ rev: has.rev });
	} else one.refuse();
	for (let tick = 0; tick < 5; tick += 1) await Promise.resolve();
}

function moveElsewhere(id: Id): void {
	has = { id, rev: has.rev + 1 };
	dispatch(readUpdated(id, has.rev));
}

beforeEach(() => {
	const count = () => Promise.reject(new Error("no count"));
	fillPorts({
		command,
		api: { messages: { read: count } },
	} as unknown as Ports);
	begin();
});

const move = fc.record({
	does: fc.constant("move" as const),
	to: fc.constantFrom("1", "2", "3", "4", "5", "6"),
	/** By looking, or by pressing. */
	how: fc.constantFrom("seen" as const, "read" as const, "unread" as const),
});
const reply = fc.record({
	does: fc.constant("answer" as const),
	at: fc.nat(5),
	isTaken: fc.boolean(),
	isTold: fc.boolean(),
});
const elsewhere = fc.record({
	does: fc.constant("elsewhere" as const),
	to: fc.constantFrom("1", "3", "6"),
});

const moves = {
	seen: (to: Id) => markReadTo(channelId, to),
	read: () => markRead(channelId),
	unread: (to: Id) => markUnread(channelId, to),
};

describe("positions that are moved one after the other", () => {
	it("are the last that waits, else the hub's", async () => {
		const steps = fc.array(fc.oneof(move, reply, elsewhere), { maxLength: 14 });
		await fc.assert(
			fc.asyncProperty(steps, async (all) => {
				begin();
				const shown = () => read()?.lastReadId;
				const check = () =>
					expect(shown()).toBe(asked.at(-1)?.messageId ?? has.id);
				for (const step of all) {
					if (step.does === "move")
						void moves[step.how](step.to).catch(() => {});
					else if (step.does === "elsewhere") moveElsewhere(step.to);
					else if (asked.length > 0)
						await answer(step.at, step.isTaken, step.isTold);
					check();
				}
				while (asked.length > 0) await answer(0, false, false);
				expect(shown()).toBe(has.id);
			}),
		);
	});

	it("leave everything as it was when the hub takes none", async () => {
		const steps = fc.array(fc.oneof(move, reply), { maxLength: 14 });
		await fc.assert(
			fc.asyncProperty(steps, async (all) => {
				begin();
				const before = [read(), entry()];
				for (const step of all) {
					if (step.does === "answer") {
						if (asked.length > 0) await answer(step.at, false, false);
					} else if (step.how !== "seen")
						void moves[step.how](step.to).catch(() => {});
				}
				while (asked.length > 0) await answer(0, false, false);
				expect([read(), entry()]).toEqual(before);
			}),
		);
	});

	it("go back past one that was not taken either", async () => {
		const first = markReadTo(channelId, "4");
		const second = markRead(channelId);
		await Promise.all([
			expect(first).rejects.toThrow("refused"),
			answer(0, false, false),
		]);
		expect(read()?.lastReadId).toBe("6");
		await Promise.all([
			expect(second).rejects.toThrow("refused"),
			answer(0, false, false),
		]);
		expect(read()).toMatchObject({ lastReadId: "2", unread: 4 });
		expect(entry()).toMatchObject({ lastReadId: "2", unread: 4 });
	});

	it("do not go back when the one before is taken late", async () => {
		void markReadTo(channelId, "4");
		const second = markRead(channelId);
		const seen: unknown[] = [];
		const stop = store.subscribe(() => seen.push(read()?.lastReadId));
		await answer(0, true, true);
		await answer(0, true, true);
		await second;
		stop();
		expect(new Set(seen)).toEqual(new Set(["6"]));
	});

	it("go back to what the hub has, though it has said so once more", async () => {
		const marked = markUnread(channelId, "2");
		dispatch(readUpdated("2", 1));
		const [failed] = await Promise.allSettled([
			marked,
			answer(0, false, false),
		]);
		expect(failed.status).toBe("rejected");
		expect(read()).toMatchObject({ lastReadId: "2", unread: 4 });
		expect(entry()).toMatchObject({ lastReadId: "2", unread: 4, at: 1 });
	});

	it("count what has come since", async () => {
		const marked = markRead(channelId);
		dispatch(created(message(7, 7)));
		const [failed] = await Promise.allSettled([
			marked,
			answer(0, false, false),
		]);
		expect(failed.status).toBe("rejected");
		expect(read()).toMatchObject({ lastReadId: "2", unread: 5 });
	});
});
