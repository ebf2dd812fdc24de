import { afterEach, expect, it, vi } from "vitest";
import { createLock } from "./locks.ts";

afterEach(() => vi.unstubAllGlobals());

it("counts for itself where the browser refuses its locks", async () => {
	const request = () =>
		Promise.reject(new DOMException("blocked", "SecurityError"));
	vi.stubGlobal("navigator", { locks: { request } });
	const lock = createLock();
	const order: string[] = [];
	const task = (name: string) => async () => {
		order.push(`${name} begins`);
		await Promise.resolve();
		order.push(`${name} ends`);
	};
	await Promise.all([lock("x", task("one")), lock("x", task("two"))]);
	expect(order).toEqual(["one begins", "one ends", "two begins", "two ends"]);
});

it("does a task once that fails while it holds the lock", async () => {
	const request = (_: string, _options: object, task: () => unknown) => task();
	vi.stubGlobal("navigator", { locks: { request } });
	const task = vi.fn(() => Promise.reject(new Error("a fault")));
	await expect(createLock()("x", task)).rejects.toThrow("a fault");
	expect(task).toHaveBeenCalledOnce();
});

it("waits for other tabs no longer than it is told to", async () => {
	type Options = { signal?: AbortSignal };
	const request = (_: string, { signal }: Options) =>
		new Promise((_done, reject) => {
			signal?.addEventListener("abort", () => reject(signal.reason));
		});
	vi.stubGlobal("navigator", { locks: { request } });
	const task = vi.fn(async () => "done");
	expect(await createLock()("x", task, 1)).toBe("done");
	expect(task).toHaveBeenCalledOnce();
});
