// What is said of something that was pressed and did not happen.
import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ApiError } from "@/api/errors.ts";
import { forgetAll } from "@/lib/forget.ts";
import { saidNow, wait } from "../../tests/support/notices.tsx";
import { hubReached } from "./reached.ts";
import { attempt, dismissNotOpened, tellNotOpened } from "./tellFault.ts";

const fail = (what: string, code: string, retryAfterMs: number | null = null) =>
	act(() =>
		attempt(what, Promise.reject(new ApiError({ code, retryAfterMs }))),
	);

it("names what was not done, and why", async () => {
	expect(await fail("#fig was not marked as read", "network")).toBe(false);
	expect(saidNow()).toEqual([
		"#fig was not marked as read: The hub cannot be reached.",
	]);
});

it("tells once what fails again, however it fails, and moves it up", async () => {
	for (const ms of [3000, 2000, 1000]) {
		await fail("Status was not changed", "rate_limited", ms);
		await fail("The invite was not revoked", "forbidden");
	}
	expect(saidNow()).toEqual([
		"Status was not changed: Try again in 1 second.",
		"The invite was not revoked: You are not allowed to do this.",
	]);
	await fail("Status was not changed", "network");
	expect(saidNow().at(-1)).toBe(
		"Status was not changed: The hub cannot be reached.",
	);
	expect(saidNow()).toHaveLength(2);
});

it("takes it back when it is done at another try", async () => {
	await fail("Status was not changed", "internal");
	await fail("The invite was not revoked", "forbidden");
	const again = attempt("Status was not changed", Promise.resolve());
	expect(await act(() => again)).toBe(true);
	expect(saidNow()).toEqual([
		"The invite was not revoked: You are not allowed to do this.",
	]);
});

it("says nothing to another account of what one has tried", async () => {
	const lost = Promise.reject(new ApiError({ code: "network" }));
	const tried = attempt("#private was not marked as read", lost);
	forgetAll();
	expect(await tried).toBe(false);
	expect(saidNow()).toEqual([]);
});

it("says nothing of what another one has given up", async () => {
	expect(await attempt("Status was not changed", Promise.resolve(false))).toBe(
		false,
	);
	expect(saidNow()).toEqual([]);
});

it("says nothing to whoever has come since", async () => {
	expect(await fail("Status was not changed", "aborted")).toBe(false);
	expect(saidNow()).toEqual([]);
});

it("says that the hub cannot be reached until it can, and long enough to be read", async () => {
	await fail("Status was not changed", "network");
	await fail("The invite was not revoked", "forbidden");
	act(tellNotOpened);
	wait(60_000);
	await fail("The message was not deleted", "gateway");
	expect(saidNow()).toHaveLength(3);
	act(hubReached);
	expect(saidNow()).toEqual([
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
	expect(saidNow()).toHaveLength(1);
	act(dismissNotOpened);
	expect(saidNow()).toEqual([]);
});
