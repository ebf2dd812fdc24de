// What is said of something that was pressed and did not happen.
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import { forgetAll } from "@/lib/forget.ts";
import { hubReached } from "./reached.ts";
import { ToastRegion } from "./ToastRegion.tsx";
import { attempt, dismissNotOpened, tellNotOpened } from "./tellFault.ts";
import { useToasts } from "./toasts.ts";

beforeEach(() => {
	vi.useFakeTimers();
	useToasts.setState({ shown: [], log: [] });
	// jsdom lays nothing out.
	vi.stubGlobal(
		"ResizeObserver",
		class {
			observe() {}
			disconnect() {}
		},
	);
	render(<ToastRegion />);
});

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const texts = () => useToasts.getState().shown.map(({ text }) => text);
const fail = (what: string, code: string, retryAfterMs: number | null = null) =>
	act(() =>
		attempt(what, Promise.reject(new ApiError({ code, retryAfterMs }))),
	);
const wait = (ms: number) => act(() => vi.advanceTimersByTime(ms));

it("names what was not done, and why", async () => {
	expect(await fail("#fig was not marked as read", "network")).toBe(false);
	expect(texts()).toEqual([
		"#fig was not marked as read: The hub cannot be reached.",
	]);
});

it("tells once what fails again, however it fails, and moves it up", async () => {
	for (const ms of [3000, 2000, 1000]) {
		await fail("Status was not changed", "rate_limited", ms);
		await fail("The invite was not revoked", "forbidden");
	}
	expect(texts()).toEqual([
		"Status was not changed: Try again in 1 second.",
		"The invite was not revoked: You are not allowed to do this.",
	]);
	await fail("Status was not changed", "network");
	expect(texts().at(-1)).toBe(
		"Status was not changed: The hub cannot be reached.",
	);
	expect(texts()).toHaveLength(2);
});

it("takes it back when it is done at another try", async () => {
	await fail("Status was not changed", "internal");
	await fail("The invite was not revoked", "forbidden");
	const again = attempt("Status was not changed", Promise.resolve());
	expect(await act(() => again)).toBe(true);
	expect(texts()).toEqual([
		"The invite was not revoked: You are not allowed to do this.",
	]);
});

it("says nothing to another account of what one has tried", async () => {
	const lost = Promise.reject(new ApiError({ code: "network" }));
	const tried = attempt("#private was not marked as read", lost);
	forgetAll();
	expect(await tried).toBe(false);
	expect(texts()).toEqual([]);
});

it("says nothing of what another one has given up", async () => {
	expect(await attempt("Status was not changed", Promise.resolve(false))).toBe(
		false,
	);
	expect(texts()).toEqual([]);
});

it("says nothing to whoever has come since", async () => {
	expect(await fail("Status was not changed", "aborted")).toBe(false);
	expect(texts()).toEqual([]);
});

it("says that the hub cannot be reached until it can, and long enough to be read", async () => {
	await fail("Status was not changed", "network");
	await fail("The invite was not revoked", "forbidden");
	act(tellNotOpened);
	wait(60_000);
	await fail("The message was not deleted", "gateway");
	expect(texts()).toHaveLength(3);
	act(hubReached);
	expect(texts()).toEqual([
		"The invite was not revoked: You are not allowed to do this.",
		expect.stringMatching(/^The message was not deleted: The hub cannot/),
	]);
	wait(6000);
	expect(screen.queryByText(/was not deleted/)).toBeNull();
	expect(screen.getByText(/was not revoked/)).toBeTruthy();
});

it("takes back that something did not open when it does", () => {
	act(tellNotOpened);
	act(tellNotOpened);
	expect(texts()).toHaveLength(1);
	act(dismissNotOpened);
	expect(texts()).toEqual([]);
});
