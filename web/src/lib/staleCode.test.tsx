// A page whose code is gone from the hub.
import { act, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DialogHost, openDialog } from "@/ui/dialogs.tsx";
import { useToasts } from "@/ui/toasts.ts";
import { lazyPart } from "./lazyPart.ts";
import { noteMissingCode, orReload } from "./staleCode.ts";

/** Whether a reload would help. */
const asked = vi.fn(async () => Response.error());

/** As the bundler makes it of an import whose file is gone. */
async function gone(): Promise<never> {
	await Promise.resolve();
	const payload = new TypeError("Failed to fetch dynamically imported module");
	const told = Object.assign(new Event("vite:preloadError"), { payload });
	window.dispatchEvent(told);
	throw payload;
}

noteMissingCode();
beforeEach(() => {
	asked.mockClear();
	vi.stubGlobal("fetch", asked);
	// React speaks of what a boundary caught.
	vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

it("goes on where nobody waits for it", async () => {
	await expect(gone()).rejects.toThrow("Failed to fetch");
	expect(asked).not.toHaveBeenCalled();
});

it("reloads for what is pressed, and says so meanwhile, while it is fetched beforehand as well", async () => {
	const Part = lazyPart(gone);
	const beforehand = gone().catch(() => {});
	render(<DialogHost />);
	act(() => openDialog(() => <Part />));
	await beforehand;
	await expect.poll(() => useToasts.getState().shown).toHaveLength(1);
	expect(asked).toHaveBeenCalledOnce();
});

it("reloads for what it cannot go on without", async () => {
	await expect(orReload(gone())).rejects.toThrow("Failed to fetch");
	expect(asked).toHaveBeenCalledOnce();
});

it("does not reload for what has come and fails", async () => {
	const failed = Promise.reject(new TypeError("x is undefined"));
	await expect(orReload(failed)).rejects.toThrow("x is undefined");
	expect(asked).not.toHaveBeenCalled();
});
