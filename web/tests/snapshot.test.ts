// What a device remembers between sessions, and what goes with the account.
import { describe, expect, it, vi } from "vitest";
import { recallPlace, rememberPlace } from "@/features/messages/chatUi.ts";
import { parse } from "@/features/messages/markdown/parse.ts";
import { recall, remember } from "@/features/messages/markdown/stretches.ts";
import { restoreSnapshot, snapshotOf } from "@/gateway/snapshot.ts";
import { signOut } from "@/stores/actions/account.ts";
import { openChannel } from "@/stores/actions/history.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { selectChannels } from "@/stores/selectors.ts";
import { initialState } from "@/stores/state.ts";
import { getState } from "@/stores/store.ts";
import {
	channelId,
	connected,
	me,
	message,
	page,
	startLoad,
} from "./support/samples.ts";
import { db, signedIn, until } from "./support/session.ts";

describe("what is remembered beside the state", () => {
	it("goes with the account", async () => {
		await signedIn();
		await openChannel(channelId);
		const before = selectChannels(getState(), "1000");
		expect(selectChannels(getState(), "1000")).toBe(before);
		const tree = parse("a secret of *Asha*");
		expect(parse("a secret of *Asha*")).toBe(tree);
		remember("let x", "js", []);
		const place = { atEnd: false, key: "1", below: 0, measured: [] };
		rememberPlace(channelId, place);
		const state = getState();

		await signOut();
		expect(parse("a secret of *Asha*")).not.toBe(tree);
		expect(recall("let x", "js")).toBeUndefined();
		expect(recallPlace(channelId)).toBeUndefined();
		expect(selectChannels(state, "1000")).not.toBe(before);
	});
});

describe("the snapshot", () => {
	const state = applyBatch(initialState, [
		...connected(60),
		startLoad(),
		page(
			"newest",
			Array.from({ length: 60 }, (_, at) => message(at + 1, at + 1)),
		),
	]);

	it("keeps the hub's order of servers, and none that is on its way", () => {
		const order = state.servers.order;
		const servers = { ...state.servers, order: ["9", ...order], kept: order };
		const stored = snapshotOf({ ...state, servers });
		expect(stored.servers).toMatchObject({ order, kept: null });
	});

	it("paints the end of conversations without the hub", async () => {
		const userId = me.id;
		await db.setLastUser(userId);
		await db.saveSnapshot({ userId, version: 6, state: snapshotOf(state) });
		const restored = await restoreSnapshot(db);
		expect(restored?.session).toMatchObject({
			status: "signed_in",
			isCached: true,
		});
		const timeline = restored?.timelines?.[channelId];
		expect(timeline?.ids).toHaveLength(50);
		expect(timeline?.hasOlder).toBe(true);
		expect(restored?.tracks?.[channelId]?.last).toBe(60);
	});

	it("is not painted for someone of whom the database could not be told to forget", async () => {
		const userId = me.id;
		await signedIn();
		await db.saveSnapshot({ userId, version: 6, state: snapshotOf(state) });
		const wipe = vi.spyOn(db, "wipe").mockRejectedValue(new Error("closed"));
		await signOut();
		await until(() => expect(wipe).toHaveBeenCalled());
		wipe.mockRestore();
		expect(await db.lastUser()).toBe(userId);
		expect(await restoreSnapshot(db)).toBeNull();
		expect(await db.snapshot(userId)).toBeUndefined();
	});

	it("of another version is ignored", async () => {
		const userId = me.id;
		await db.setLastUser(userId);
		await db.saveSnapshot({ userId, version: 0, state: snapshotOf(state) });
		expect(await restoreSnapshot(db)).toBeNull();
	});

	it("leaves out what a sync cannot bring up to date", () => {
		const middle = applyBatch(state, [
			startLoad(),
			page("around", [message(5, 5)], { has_older: true, has_newer: true }),
		]);
		expect(snapshotOf(middle).timelines).toEqual({});
	});
});
