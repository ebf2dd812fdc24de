// What is unread: the newest message that stands against my reading position, whichever of the two
// moved last, and whoever moved it.
import { describe, expect, it } from "vitest";
import type { Message } from "@/api/types.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { Input } from "@/stores/inputs.ts";
import {
	selectIsServerUnread,
	selectIsUnread,
	selectUnreadCount,
} from "@/stores/selectors.ts";
import { initialState } from "@/stores/state.ts";
import {
	at,
	channelId,
	connected,
	created,
	deleted,
	event,
	me,
	message,
	page,
	readUpdated,
	ready,
	serverId,
	startLoad,
} from "./support/samples.ts";

const begin = connected(50, "500", { id: "500", rev: 5 });

function unread(...inputs: Input[]) {
	const state = applyBatch(initialState, [...begin, ...inputs]);
	return [
		selectIsUnread(state, channelId),
		selectUnreadCount(state, channelId),
	];
}

const said = message(510, 51);

describe("a channel without rows", () => {
	it("is read again when what was new is deleted", () => {
		expect(unread(created(said))).toEqual([true, 1]);
		const gone = deleted({ ...said, rev: 52 }, "500");
		expect(unread(created(said), gone)).toEqual([false, 0]);
	});

	it("stays unread when something between is deleted", () => {
		const gone = deleted({ ...said, rev: 53 }, "520");
		expect(unread(created(said), created(message(520, 52)), gone)).toEqual([
			true,
			1,
		]);
	});

	it("is not made unread by an edit, nor read", () => {
		const edited = { ...message(500, 50), rev: 51, content: "edited" };
		const edit = event("message_updated", { message: edited, ...at(51) });
		expect(unread(edit)).toEqual([false, 0]);
		expect(unread(created(said), { ...edit })).toEqual([true, 1]);
	});

	it("does not take back what is newest when an older deletion is late", () => {
		const gone = deleted({ ...message(500, 50), rev: 51 }, "490");
		const newer = created(message(520, 52));
		expect(unread(newer, gone)[0]).toBe(true);
	});
});

describe("a server", () => {
	it("is read when the only channel with anything new is deleted", () => {
		const told = connected(51, "510", { id: "500", rev: 5 }).map((input) =>
			input.kind === "event" && input.event.name === "ready"
				? event("ready", {
						...ready,
						servers: ready.servers.map((one) => ({ ...one, is_unread: true })),
					})
				: input,
		);
		const [greeting] = told;
		if (!greeting) throw new Error("no beginning");
		const isUnread = (...inputs: Input[]) =>
			selectIsServerUnread(applyBatch(initialState, inputs), serverId);
		expect(isUnread(greeting)).toBe(true);
		expect(isUnread(...told)).toBe(true);
		const gone = event("channel_deleted", {
			server_id: serverId,
			channel_id: channelId,
			epoch: 2,
			structure_rev: 2,
		});
		expect(isUnread(...told, gone)).toBe(false);
	});
});

describe("a channel of which the hub has not said how far it was read", () => {
	const [ready, structure, reads] = begin;
	if (!ready || !structure || !reads) throw new Error("no beginning");
	const sync: Input = {
		kind: "sync",
		channelId,
		changes: {
			rows: [said],
			last_message_id: "510",
			through: 51,
			more: false,
			reset: false,
		},
	};

	it("has no position that looks as if it had", () => {
		const early = [startLoad(), created(said), created(message(520, 53)), sync];
		const state = applyBatch(initialState, [ready, structure, ...early]);
		expect(state.tracks[channelId]).toBeDefined();
		expect(state.reads[channelId]).toBeUndefined();
		expect(applyBatch(state, [reads]).reads[channelId]).toMatchObject({
			lastReadId: "500",
			rev: 5,
		});
	});
});

describe("a message of mine from elsewhere", () => {
	const mine = message(520, 52, { author: me });

	it("is not unread, nor is what was before it", () => {
		const told = [created(said), readUpdated("520", 6), created(mine)];
		expect(unread(...told)).toEqual([false, 0]);
	});

	it("does not undo what I marked as unread since, in whatever order it comes", () => {
		const back = readUpdated("500", 7);
		const told = [readUpdated("520", 6), back, created(said), created(mine)];
		expect(unread(...told)[0]).toBe(true);
		expect(unread(back, created(mine), readUpdated("520", 6))[0]).toBe(true);
	});

	it("shows no count of its own when it is marked as unread", () => {
		const told = [created(mine), readUpdated("500", 7)];
		const count = {
			kind: "page" as const,
			page: {
				of: "read" as const,
				read: {
					channel_id: channelId,
					last_read_id: "500",
					unread: 0,
					rev: 7,
				},
			},
		};
		expect(unread(...told, count)).toEqual([true, null]);
	});
});

describe("the channel that is open", () => {
	const entryAfter = (...inputs: Input[]) =>
		applyBatch(initialState, [
			...begin,
			{ kind: "local", change: { do: "channel_opened", channelId, at: 1 } },
			...inputs,
		]).ui.entry;

	it("begins anew where a message was marked as unread, here or elsewhere, and is not read by being seen", () => {
		const local: Input = {
			kind: "local",
			change: {
				do: "read_moved",
				channelId,
				messageId: "490",
				key: 1,
				entry: undefined,
			},
		};
		for (const back of [local, readUpdated("490", 6)])
			expect(entryAfter(back)).toMatchObject({
				channelId,
				lastReadId: "490",
				isHeld: true,
			});
	});

	it("is read by being seen again after it was read elsewhere", () => {
		const read = [readUpdated("490", 6), created(said), readUpdated("510", 7)];
		expect(entryAfter(...read)).toMatchObject({
			lastReadId: "490",
			isHeld: false,
		});
	});

	it("holds a mark again that was held before the page was loaded anew, from when it is known", () => {
		const opened = (...before: Input[]) =>
			applyBatch(initialState, [
				...begin,
				...before,
				{
					kind: "local",
					change: { do: "channel_opened", channelId, at: 1, heldId: "490" },
				},
			]);
		const held = { channelId, lastReadId: "490", isHeld: true };
		expect(opened(readUpdated("490", 6)).ui.entry).toMatchObject(held);
		// What this device remembered was older than the mark.
		const late = opened();
		expect(late.ui.entry).toBeNull();
		const told = (id: string) =>
			applyBatch(late, connected(50, "500", { id, rev: 6 })).ui.entry;
		expect(told("490")).toMatchObject(held);
		// It was put elsewhere, or taken away, on another device.
		expect(told("480")).toMatchObject({ lastReadId: "480", isHeld: false });
		expect(told("500")).toBeNull();
		expect(opened(readUpdated("480", 6)).ui.entry?.isHeld).toBe(false);
	});

	it("begins anew where the hub says, when it was opened with what this device remembers", () => {
		const open: Input = {
			kind: "local",
			change: { do: "channel_opened", channelId, at: 1 },
		};
		const warm = applyBatch(initialState, [...begin, open]);
		expect(warm.ui.entry).toBeNull();
		const told = (...inputs: Input[]) => applyBatch(warm, inputs).ui;
		const more = connected(60, "600", { id: "500", rev: 5 });
		expect(told(...more).entry).toMatchObject({
			lastReadId: "500",
			isHeld: false,
		});
		// Not again with the next connection: what is before the reader stays as it is.
		const next = connected(70, "700", { id: "650", rev: 6 });
		expect(told(...more, ...next).entry).toMatchObject({ lastReadId: "500" });
		// What was read elsewhere is not new here.
		const stale = [readUpdated("490", 6), open];
		const read = connected(50, "500", { id: "500", rev: 7 });
		expect(told(...stale).entry).toMatchObject({ lastReadId: "490" });
		expect(told(...stale, ...read).entry).toBeNull();
	});

	it("begins where its first page shows what the hub had not told yet when it was opened", () => {
		const live: Input = {
			kind: "local",
			change: { do: "connection", connection: { status: "live" } },
		};
		const shown = (...rows: Message[]) => [
			startLoad(),
			page("newest", rows, { has_older: true }),
		];
		const opened = (...inputs: Input[]) =>
			applyBatch(initialState, [
				...begin,
				live,
				{ kind: "local", change: { do: "channel_opened", channelId, at: 1 } },
				...inputs,
			]).ui.entry;
		const known = message(500, 50);
		expect(opened(...shown(known))).toBeNull();
		const first = shown(known, said);
		expect(opened(...first)).toMatchObject({ channelId, lastReadId: "500" });
		// Whoever has marked it read, or has been there, is not at its beginning.
		const marked: Input = {
			kind: "local",
			change: { do: "entry_set", channelId, entry: null },
		};
		const again = shown(known, said, message(520, 52));
		expect(opened(...first, marked, ...again)).toBeNull();
		expect(opened(...shown(known), ...again)).toBeNull();
	});

	it("keeps its beginning where the hub has said it before", () => {
		const status = (status: "syncing" | "live"): Input => ({
			kind: "local",
			change: { do: "connection", connection: { status } },
		});
		for (const now of ["syncing", "live"] as const) {
			const entered = applyBatch(initialState, [
				...begin,
				status(now),
				{ kind: "local", change: { do: "channel_opened", channelId, at: 1 } },
				...connected(60, "600", { id: "500", rev: 5 }),
			]);
			expect(entered.ui.entry).toBeNull();
		}
	});

	describe("is counted in one way", () => {
		const counted = (id: string, unread: number, rev: number): Input => ({
			kind: "page",
			page: {
				of: "read",
				read: { channel_id: channelId, last_read_id: id, unread, rev },
			},
		});
		const held = [readUpdated("490", 6), counted("490", 8, 6)];
		const more = [created(said), created(message(520, 52))];
		const numbers = (...inputs: Input[]) => {
			const state = applyBatch(initialState, [
				...begin,
				{ kind: "local", change: { do: "channel_opened", channelId, at: 1 } },
				...inputs,
			]);
			return [state.ui.entry?.unread, selectUnreadCount(state, channelId)];
		};

		it("by what comes and goes below a mark that is held", () => {
			expect(numbers(...held)).toEqual([8, 8]);
			expect(numbers(...held, ...more)).toEqual([10, 10]);
			const gone = deleted({ ...said, rev: 53 }, "520");
			expect(numbers(...held, ...more, gone)).toEqual([9, 9]);
		});

		it("not at all where something was missed, until the hub has counted", () => {
			const sync: Input = {
				kind: "sync",
				channelId,
				changes: {
					rows: [said],
					last_message_id: "510",
					through: 51,
					more: false,
					reset: false,
				},
			};
			const missed = [startLoad(), page("newest", []), sync];
			expect(numbers(...held, ...missed)).toEqual([0, null]);
			expect(numbers(...held, ...missed, counted("490", 9, 6))).toEqual([9, 9]);
		});

		it("by what was new on entry, once that was read", () => {
			const read = [...more, readUpdated("520", 7)];
			expect(numbers(...held, ...read)).toEqual([10, 0]);
			const later = created(message(530, 53));
			expect(numbers(...held, ...read, later)).toEqual([10, 1]);
		});
	});

	it("has no divider for what was read as it came", () => {
		expect(entryAfter(created(said), readUpdated("510", 6))).toBeNull();
	});
});

describe("the positions of a connection", () => {
	it("do not undo what was told after they were read", () => {
		const [ready, structure, reads] = begin;
		if (!ready || !structure || !reads) throw new Error("no beginning");
		const before = applyBatch(initialState, [...begin, created(said)]);
		const moved = readUpdated("510", 6);
		const state = applyBatch(before, [ready, structure, moved, reads]);
		expect(selectIsUnread(state, channelId)).toBe(false);
	});

	it("hold when the hub was set back", () => {
		const far = applyBatch(initialState, [
			...connected(60, "600", { id: "600", rev: 9 }),
			...begin,
		]);
		expect(far.reads[channelId]).toMatchObject({ lastReadId: "500", rev: 5 });
		expect(selectIsUnread(far, channelId)).toBe(false);
	});
});

describe("a channel with rows", () => {
	it("knows from a sync what is newest, though it does not show the end", () => {
		const around = page("around", [message(100, 10)], { has_newer: true });
		const gone = { ...said, rev: 52, content: "", is_deleted: true };
		const sync: Input = {
			kind: "sync",
			channelId,
			changes: {
				rows: [gone],
				last_message_id: "500",
				through: 52,
				more: false,
				reset: false,
			},
		};
		expect(unread(startLoad(), around, created(said))[0]).toBe(true);
		expect(unread(startLoad(), around, created(said), sync)).toEqual([
			false,
			0,
		]);
	});
});
