import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Db } from "@/lib/db.ts";
import type { Tabs } from "@/lib/tabs.ts";
import type { Drafts } from "./drafts.ts";

/** A database that is lost with its page, as what is begun while one goes may be. */
const db = {
	drafts: async () => ({}),
	saveDraft: async () => {},
} as unknown as Db;
const tabs = { post: () => {}, listen: () => () => {} } as unknown as Tabs;
const me = "9";

/** Another page of the same browser: it has only the storage in common. */
async function openTab() {
	vi.resetModules();
	const { createDrafts } = await import("./drafts.ts");
	const { getState } = await import("@/stores/store.ts");
	const drafts: Drafts = createDrafts(db, tabs);
	return { drafts, stop: drafts.follow(me), getState };
}

/** What a page has that begins now. */
async function restored(userId = me) {
	const { drafts, stop, getState } = await openTab();
	await drafts.restore(userId);
	await stored();
	stop();
	return getState().drafts;
}

/** What was given to the database is there. */
const stored = () => new Promise((resolve) => setTimeout(resolve));

const leave = () => window.dispatchEvent(new Event("pagehide"));

beforeEach(() => localStorage.clear());
afterEach(() => vi.useRealTimers());

it("keeps the last words of all tabs that go together, once", async () => {
	const one = await openTab();
	const other = await openTab();
	one.drafts.save(me, "2", "in one");
	other.drafts.save(me, "3", "in the other");
	leave();
	expect(await restored()).toEqual({ "2": "in one", "3": "in the other" });
	expect(localStorage).toHaveLength(0);
	for (const { stop } of [one, other]) stop();
});

it("keeps none that another tab has written over since", async () => {
	const gone = await openTab();
	gone.drafts.save(me, "2", "half a thought");
	gone.drafts.save(me, "3", "another");
	leave();
	const { drafts, stop } = await openTab();
	drafts.save(me, "2", "");
	expect(await restored()).toEqual({ "3": "another" });
	for (const end of [gone.stop, stop]) end();
});

it("keeps none of a page that came back from the browser's memory", async () => {
	const { drafts, stop } = await openTab();
	drafts.save(me, "2", "half");
	leave();
	window.dispatchEvent(new Event("pageshow"));
	expect(await restored()).toEqual({});
	stop();
});

it("keeps them until the database has them, however soon the next page goes as well", async () => {
	const first = await openTab();
	first.drafts.save(me, "2", "half a thought");
	leave();
	const kept = Object.entries(localStorage);
	first.stop();
	for (const [key, value] of kept) localStorage.setItem(key, value);
	const save = vi.spyOn(db, "saveDraft").mockReturnValue(new Promise(() => {}));
	const { drafts } = await openTab();
	await drafts.restore(me);
	await stored();
	drafts.save(me, "3", "another");
	leave();
	save.mockRestore();
	expect(await restored()).toEqual({ "2": "half a thought", "3": "another" });
	expect(localStorage).toHaveLength(0);
});

it("leaves somebody else's for them", async () => {
	const { drafts, stop } = await openTab();
	drafts.save(me, "2", "half a thought");
	leave();
	expect(await restored("8")).toEqual({});
	expect(await restored()).toEqual({ "2": "half a thought" });
	stop();
});

it("reads what was kept before each tab had its own", async () => {
	const words = { userId: me, drafts: { "2": "half a thought" } };
	localStorage.setItem("battala.last-words", JSON.stringify(words));
	expect(await restored()).toEqual({ "2": "half a thought" });
	expect(localStorage).toHaveLength(0);
});

it("holds no more than so many tabs' words, the newest", async () => {
	vi.useFakeTimers({ toFake: ["Date"] });
	for (let tab = 0; tab < 20; tab += 1) {
		vi.setSystemTime(1000 + tab);
		const { drafts, stop } = await openTab();
		drafts.save(me, String(100 + tab), "words");
		leave();
		// It is gone, and hears of nothing more.
		const kept = Object.entries(localStorage);
		stop();
		for (const [key, value] of kept) localStorage.setItem(key, value);
	}
	expect(localStorage).toHaveLength(16);
	const drafts = await restored();
	expect(drafts["103"]).toBeUndefined();
	expect(drafts["104"]).toBe("words");
	expect(drafts["119"]).toBe("words");
});
