// A language is chosen while the words of another are still on their way.
import { beforeEach, expect, it, vi } from "vitest";

const KEY = "battala.locale";
/** What the page that comes in the place of an old one would find. */
const reload = vi.hoisted(() => vi.fn((_: string | null) => {}));
const hub = vi.hoisted(() => ({ hasNewerPage: true }));
vi.mock(import("@/lib/staleCode.ts"), async (original) => ({
	...(await original()),
	reloadIfStale: (_, before) => {
		if (!hub.hasNewerPage) return;
		before?.();
		reload(localStorage.getItem(KEY));
	},
}));

beforeEach(() => {
	localStorage.clear();
	reload.mockClear();
	hub.hasNewerPage = true;
});

/** A page in English, with the words of Bengali in the hand of the test. */
async function english() {
	let decide = (_: boolean) => {};
	const hasCome = new Promise<boolean>((resolve) => {
		decide = resolve;
	});
	vi.resetModules();
	vi.doMock(import("./bn/index.ts"), async (original) => {
		if (await hasCome) return original();
		throw new TypeError("Failed to fetch");
	});
	const come = () => decide(true);
	const fail = () => decide(false);
	return { ...(await import("./locale.ts")), come, fail };
}

it("keeps to what was chosen last, however late the words of another come", async () => {
	const { setLocale, getLocale, come } = await english();
	const overtaken = setLocale("bn");
	expect(await setLocale("en")).toBe(true);
	come();
	expect(await overtaken).toBe(false);
	expect(getLocale()).toBe("en");
	expect(localStorage.getItem(KEY)).toBe("en");
});

it("says nothing of words that do not come to whoever has chosen others since", async () => {
	const { setLocale, getLocale, fail } = await english();
	const overtaken = setLocale("bn");
	await setLocale("en");
	fail();
	expect(await overtaken).toBe(false);
	expect(getLocale()).toBe("en");
	expect(reload).not.toHaveBeenCalled();
});

it("remembers what was chosen before a newer page comes to show it", async () => {
	const { setLocale, getLocale, fail } = await english();
	const chosen = setLocale("bn");
	fail();
	await expect(chosen).rejects.toThrow();
	expect(getLocale()).toBe("en");
	expect(reload).toHaveBeenCalledExactlyOnceWith("bn");
});

it("remembers no language whose words do not come, where no newer page does either", async () => {
	const { setLocale, getLocale, fail } = await english();
	hub.hasNewerPage = false;
	await setLocale("en");
	const chosen = setLocale("bn");
	fail();
	await expect(chosen).rejects.toThrow();
	expect(getLocale()).toBe("en");
	expect(localStorage.getItem(KEY)).toBe("en");
});
