import { describe, expect, it } from "vitest";
import type { Message, MessageKind } from "@/api/types.ts";
import { asha, channelId, message } from "../../tests/support/samples.ts";
import type { Entry, Pending } from "./state.ts";
import { timelineRows } from "./timelineRows.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const dayOf = (ms: number) => String(Math.floor(ms / day));

function timelineOf(messages: Message[], over = {}) {
	return {
		byId: Object.fromEntries(messages.map((row) => [row.id, row])),
		ids: messages.map((row) => row.id),
		hasOlder: false,
		hasNewer: false,
		...over,
	};
}

function rowsOf(
	messages: Message[],
	{
		entry = null,
		pending = [],
		...over
	}: {
		entry?: Entry | null;
		pending?: Pending[];
		hasOlder?: boolean;
		hasNewer?: boolean;
	} = {},
) {
	const timeline = timelineOf(messages, over);
	return timelineRows({ timeline, pending, entry, meId: asha.id, dayOf });
}

/** One letter per row, lower case when grouped. */
function shape(rows: ReturnType<typeof timelineRows>): string {
	return rows
		.map((row) => {
			if (row.kind === "message") return row.isGrouped ? "m" : "M";
			if (row.kind === "pending") return row.isGrouped ? "p" : "P";
			return { start: "S", day: "D", unread: "U" }[row.kind];
		})
		.join("");
}

const entry = (lastReadId: string | null): Entry => ({
	channelId,
	lastReadId,
	unread: 2,
	at: 0,
	isHeld: false,
});

const pending: Pending = {
	nonce: "n1",
	channelId,
	content: "mine",
	createdAt: 3 * minute,
	state: { status: "queued" },
};

describe("rows of a timeline", () => {
	it("group what one author says within five minutes of a day", () => {
		const rows = rowsOf([
			message(1, 1, { created_at: 0 }),
			message(2, 2, { created_at: 4 * minute }),
			message(3, 3, { created_at: 9 * minute }),
			message(4, 4, { created_at: 10 * minute, author: asha }),
			message(5, 5, { created_at: day }),
		]);
		expect(shape(rows)).toBe("SDMmMMDM");
	});

	it("do not group across midnight, nor what a newer hub calls otherwise", () => {
		const unknown = 7 as number as MessageKind;
		const rows = rowsOf([
			message(1, 1, { created_at: day - 1 }),
			message(2, 2, { created_at: day }),
			message(3, 3, { created_at: day + 1, type: unknown }),
			message(4, 4, { created_at: day + 2 }),
		]);
		expect(shape(rows)).toBe("SDMDMMM");
	});

	it("begin with the start of the channel when nothing is older", () => {
		expect(shape(rowsOf([message(1, 1)], { hasOlder: false }))).toBe("SDM");
		expect(shape(rowsOf([], { hasOlder: false }))).toBe("S");
	});

	it("have the divider before the first unread message", () => {
		const messages = [message(1, 1), message(2, 2), message(3, 3)];
		const rows = rowsOf(messages, { entry: entry("1") });
		expect(shape(rows)).toBe("SDMUMm");
		expect(rows.find((row) => row.kind === "unread")).toMatchObject({
			count: 2,
		});
	});

	it("have no divider above what I wrote myself", () => {
		const messages = [
			message(1, 1, { author: asha }),
			message(2, 2, { author: asha }),
			message(3, 3),
		];
		const rows = rowsOf(messages, { entry: entry(null) });
		expect(shape(rows)).toBe("SDMmUM");
		const mine = rowsOf(messages.slice(0, 2), { entry: entry(null) });
		expect(shape(mine)).toBe("SDMm");
	});

	it("have the divider above my own message where I marked that", () => {
		const messages = [
			message(1, 1),
			message(2, 2, { author: asha }),
			message(3, 3),
		];
		const held = { ...entry("1"), isHeld: true };
		expect(shape(rowsOf(messages, { entry: held }))).toBe("SDMUMM");
		const newest = messages.slice(0, 2);
		expect(shape(rowsOf(newest, { entry: held }))).toBe("SDMUM");
	});

	it("have the divider above the day that it begins", () => {
		const messages = [
			message(1, 1, { created_at: 0 }),
			message(2, 2, { created_at: day }),
		];
		expect(shape(rowsOf(messages, { entry: entry("1") }))).toBe("SDMUDM");
	});

	it("have no divider that may belong further up, or after everything", () => {
		const messages = [message(5, 5), message(6, 6)];
		const cut = rowsOf(messages, { entry: entry("1"), hasOlder: true });
		expect(shape(cut)).toBe("m");
		expect(shape(rowsOf(messages, { entry: entry("6") }))).toBe("SDMm");
		const all = rowsOf(messages, { entry: entry(null), hasOlder: false });
		expect(shape(all)).toBe("SUDMm");
	});

	it("end with what is unsent, unless the end is out of sight", () => {
		const mine = message(1, 1, { author: asha, created_at: 2 * minute });
		expect(shape(rowsOf([mine], { pending: [pending] }))).toBe("SDMp");
		const cut = rowsOf([mine], { pending: [pending], hasNewer: true });
		expect(shape(cut)).toBe("SDM");
	});

	it("stay what they are when older ones come", () => {
		const every = Array.from({ length: 40 }, (_, index) =>
			message(index + 1, index + 1, {
				created_at: index * 3 * minute + (index % 11 === 0 ? day : 0) * index,
				...(index % 4 === 3 ? { author: asha } : {}),
			}),
		);
		for (let from = 1; from < every.length - 1; from++) {
			const before = rowsOf(every.slice(from), { hasOlder: true });
			const after = rowsOf(every.slice(from - 1), { hasOlder: from > 1 });
			expect(after.slice(-before.length)).toEqual(before);
		}
	});

	it("show a lone message though it may have older ones", () => {
		expect(shape(rowsOf([message(1, 1)], { hasOlder: true }))).toBe("DM");
	});

	it("keep the key of a pending row when its message arrives", () => {
		const before = rowsOf([], { pending: [pending] });
		const sent = message(9, 9, { author: asha, nonce: "n1" });
		const after = rowsOf([sent]);
		expect(after.at(-1)?.key).toBe(before.at(-1)?.key);
		const others = rowsOf([message(9, 9, { nonce: "n1" })]);
		expect(others.at(-1)?.key).toBe("9");
	});
});
