// Answers that are overtaken by another past of the hub.
import { beforeEach, expect, it, vi } from "vitest";
import type { MessagePage } from "@/api/types.ts";
import {
	channelId,
	connected,
	event,
	message,
	ready,
} from "../../../tests/support/samples.ts";
import { until } from "../../../tests/support/until.ts";
import { applyBatch } from "../applyBatch.ts";
import { fillPorts, type Ports } from "../ports.ts";
import { initialState } from "../state.ts";
import { dispatch, getState, store } from "../store.ts";
import {
	jumpToMessage,
	jumpToPresent,
	jumpToRead,
	jumpToStart,
	loadOlder,
	openChannel,
	reloadWindow,
} from "./history.ts";

/** What was asked for, in order, and waits for its answer. */
let asked: {
	query: object;
	answer: (page: MessagePage) => void;
	fail: () => void;
}[];
const read = vi.fn();

beforeEach(() => {
	asked = [];
	const page = (_: string, query: object) =>
		new Promise<MessagePage>((answer, refuse) => {
			const fail = () => refuse(new TypeError("no network"));
			asked.push({ query, answer, fail });
		});
	fillPorts({ api: { messages: { page, read } } } as unknown as Ports);
	store.setState(applyBatch(initialState, connected(2, "20")), true);
});

const rows = (...ids: number[]): MessagePage => ({
	items: ids.map((id) => message(id, 1)),
	has_older: true,
	has_newer: false,
});
const restore = () => {
	const hub = { ...ready.hub, generation: getState().hub?.generation ?? 0 };
	hub.generation += 1;
	const [, ...rest] = connected(1, "11");
	dispatch(event("ready", { ...ready, hub }), ...rest);
};
const timeline = () => getState().timelines[channelId];

it.each(["answer", "fail"] as const)(
	"takes no window of a past that the hub has no more: %s",
	async (how) => {
		const opened = openChannel(channelId);
		restore();
		const again = reloadWindow(channelId);
		asked[0]?.[how](rows(10, 20));
		await opened;
		expect(timeline()).toMatchObject({ status: "loading", ids: [], loads: 1 });
		asked[1]?.answer(rows(11));
		await again;
		expect(timeline()).toMatchObject({ status: "ready", ids: ["11"] });
	},
);

it.each(["answer", "fail"] as const)(
	"takes no older rows of a past that the hub has no more: %s",
	async (how) => {
		const opened = openChannel(channelId);
		asked[0]?.answer(rows(11, 20));
		await opened;
		const older = loadOlder(channelId);
		restore();
		const again = reloadWindow(channelId);
		asked[2]?.answer(rows(11));
		await again;
		asked[1]?.[how](rows(5));
		await older;
		expect(timeline()).toMatchObject({ ids: ["11"], loads: 0 });
	},
);

it("loads a channel that was being loaded when the hub was restored", async () => {
	void openChannel(channelId);
	restore();
	void openChannel(channelId);
	expect(asked).toHaveLength(2);
});

it.each([
	["where I have read to", 3, "15"],
	["at its end where I have read nothing since I joined", 0, undefined],
])("opens a channel %s", async (_, rev, wanted) => {
	const told = connected(2, "20", { id: "15", rev });
	store.setState(applyBatch(initialState, told), true);
	const opened = openChannel(channelId);
	const { around } = { around: undefined, ...asked[0]?.query };
	asked[0]?.answer(rows(10, 20));
	await opened;
	expect(around).toBe(wanted);
});

it("says of a jump that another one overtook that nobody is there", async () => {
	const opened = openChannel(channelId);
	asked[0]?.answer(rows(10, 20));
	await opened;
	const first = jumpToMessage(channelId, "5");
	const second = jumpToMessage(channelId, "7");
	asked[1]?.answer(rows(5));
	asked[2]?.answer(rows(7));
	expect(await Promise.all([first, second])).toEqual([false, true]);
	expect(getState().ui.jump).toMatchObject({ messageId: "7" });
});

it.each([
	["is gone", "6"],
	["never was", "9999"],
])(
	"finds no message that %s, and shows the channel as without it",
	async (_, id) => {
		const jumped = jumpToMessage(channelId, id);
		asked[0]?.answer(rows(5, 7));
		await expect(jumped).rejects.toMatchObject({ code: "not_found" });
		expect(getState().ui.jump).toBeNull();
		expect(timeline()).toMatchObject({ status: "loading", loads: 1 });
		asked[1]?.answer(rows(10, 20));
		await until(() =>
			expect(timeline()).toMatchObject({ status: "ready", ids: ["10", "20"] }),
		);
		// Whoever is there already stays where they are.
		const again = jumpToMessage(channelId, id);
		asked[2]?.answer(rows(5, 7));
		await expect(again).rejects.toMatchObject({ code: "not_found" });
		expect(timeline()).toMatchObject({ ids: ["10", "20"], loads: 0 });
		expect(asked).toHaveLength(3);
	},
);

it("leads to the next message where the last one that was read is gone", async () => {
	const jumped = jumpToRead(channelId, "6");
	asked[0]?.answer(rows(5, 7));
	expect(await jumped).toBe(true);
	expect(getState().ui.jump).toMatchObject({ messageId: "7" });
});

/** A window in the past, whose reader jumps to the newest, and the page is loaded anew meanwhile. */
async function overtaken(left?: AbortSignal) {
	const opened = openChannel(channelId);
	asked[0]?.answer({ ...rows(10, 20), has_newer: true });
	await opened;
	const jumped = jumpToPresent(channelId, left);
	const again = [reloadWindow(channelId), reloadWindow(channelId)];
	asked[1]?.answer(rows(20));
	asked[2]?.answer(rows(20));
	return { jumped, again };
}

it("says of a jump to the newest that a reload overtook that the reader is there", async () => {
	const { jumped, again } = await overtaken();
	asked[3]?.answer(rows(20));
	await Promise.all(again);
	expect(await jumped).toBe(true);
	expect(timeline()).toMatchObject({ status: "ready", hasNewer: false });
});

it("says it of none that was left or overtaken by a jump elsewhere as well", async () => {
	const { signal, leave } = leavable();
	const { jumped, again } = await overtaken(signal);
	leave();
	asked[3]?.answer(rows(20));
	await Promise.all(again);
	expect(await jumped).toBe(false);
	store.setState(applyBatch(initialState, connected(2, "20")), true);
	asked = [];
	const other = await overtaken();
	const elsewhere = jumpToMessage(channelId, "5");
	asked[3]?.answer(rows(20));
	asked[4]?.answer(rows(5));
	expect(await elsewhere).toBe(true);
	expect(await other.jumped).toBe(false);
	await Promise.all(other.again);
});

it("fails with the reload that overtook it", async () => {
	const { jumped, again } = await overtaken();
	asked[3]?.fail();
	expect(await Promise.allSettled([jumped, again[1]])).toMatchObject([
		{ status: "rejected" },
		{ status: "rejected" },
	]);
});

it("fails for nobody who has left", async () => {
	const { signal, leave } = leavable();
	const { jumped, again } = await overtaken(signal);
	leave();
	asked[3]?.fail();
	expect(await jumped).toBe(false);
	await expect(again[1]).rejects.toThrow("no network");
});

it.each([
	["the newest", (left: AbortSignal) => jumpToPresent(channelId, left)],
	["a message", (left: AbortSignal) => jumpToMessage(channelId, "5", left)],
	["the beginning", (left: AbortSignal) => jumpToStart(channelId, left)],
] as const)(
	"fails for nobody who has left before anything was there: %s",
	async (_, jump) => {
		const { signal, leave } = leavable();
		const jumped = jump(signal);
		leave();
		asked[0]?.fail();
		expect(await jumped).toBe(false);
		expect(timeline()).toMatchObject({ status: "failed" });
	},
);

it("goes on with the first window where whoever has jumped has left", async () => {
	const opened = openChannel(channelId);
	const { signal, leave } = leavable();
	const jumped = jumpToPresent(channelId, signal);
	leave();
	asked[0]?.answer(rows(10));
	asked[1]?.answer(rows(10, 20));
	await Promise.all([opened, jumped]);
	expect(timeline()).toMatchObject({ status: "ready", ids: ["10", "20"] });
});

it("gives a further window up when whoever has jumped has left", async () => {
	const opened = openChannel(channelId);
	asked[0]?.answer(rows(10, 20));
	await opened;
	const { signal, leave } = leavable();
	const jumped = jumpToMessage(channelId, "5", signal);
	leave();
	asked[1]?.answer(rows(5));
	expect(await jumped).toBe(false);
	expect(timeline()).toMatchObject({ status: "ready", ids: ["10", "20"] });
});

function leavable(): { signal: AbortSignal; leave: () => void } {
	const control = new AbortController();
	return { signal: control.signal, leave: () => control.abort() };
}
