// What is said of something that was pressed and did not happen.
import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ApiError } from "@/api/errors.ts";
import { forgetAll } from "@/lib/forget.ts";
import { saidNow, wait } from "../../tests/support/notices.tsx";
import { hubReached } from "./reached.ts";
import {
	attempt,
	type Cause,
	dismissNotOpened,
	tellNotOpened,
} from "./tellFault.ts";

const causes: Record<string, Cause> = {
	"#fig was not marked as read": ["channelRead", "1"],
	"#private was not marked as read": ["channelRead", "2"],
	"Status was not changed": ["status"],
	"The invite was not revoked": ["revoked", "abcd"],
	"The message was not deleted": ["deleted", "3"],
};
const tryTo = (failed: string, tried: Promise<unknown>, cause?: Cause) =>
	act(() => attempt(cause ?? causes[failed] ?? ["sent"], failed, tried));
const refused = (code: string, retryAfterMs: number | null = null) =>
	Promise.reject(new ApiError({ code, retryAfterMs }));
const fail = (what: string, code: string, retryAfterMs: number | null = null) =>
	tryTo(what, refused(code, retryAfterMs));

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
	expect(await tryTo("Status was not changed", Promise.resolve())).toBe(true);
	expect(saidNow()).toEqual([
		"The invite was not revoked: You are not allowed to do this.",
	]);
});

it("says the same of several once, until the last of them is done", async () => {
	const failed = "The message was not deleted";
	const said = `${failed}: You are not allowed to do this.`;
	await fail("Status was not changed", "internal");
	const other = saidNow();
	for (const id of ["3", "4", "5", "3"])
		await tryTo(failed, refused("forbidden"), ["deleted", id]);
	expect(saidNow()).toEqual([...other, said]);
	await tryTo(failed, Promise.resolve(), ["deleted", "4"]);
	await tryTo(failed, Promise.resolve(), ["deleted", "5"]);
	expect(saidNow()).toEqual([...other, said]);
	await tryTo(failed, Promise.resolve(), ["deleted", "3"]);
	expect(saidNow()).toEqual(other);
});

it("says another thing of one of several, and goes on to speak of the rest", async () => {
	const failed = "The message was not deleted";
	const refusal = `${failed}: You are not allowed to do this.`;
	for (const id of ["3", "4"])
		await tryTo(failed, refused("forbidden"), ["deleted", id]);
	await tryTo(failed, refused("network"), ["deleted", "3"]);
	const away = `${failed}: The hub cannot be reached.`;
	expect(saidNow()).toEqual([refusal, away]);
	await tryTo(failed, Promise.resolve(), ["deleted", "4"]);
	expect(saidNow()).toEqual([away]);
	await tryTo(failed, Promise.resolve(), ["deleted", "3"]);
	expect(saidNow()).toEqual([]);
});

it("knows it again by other words", async () => {
	await tryTo("#fig was not marked as read", refused("internal"));
	// The channel has been renamed since.
	const renamed = "#figs was not marked as read";
	const cause = ["channelRead", "1"] as const;
	await tryTo(renamed, refused("forbidden"), cause);
	expect(saidNow()).toEqual([`${renamed}: You are not allowed to do this.`]);
	await tryTo("#mango was not marked as read", Promise.resolve(), cause);
	expect(saidNow()).toEqual([]);
});

it("says nothing to another account of what one has tried", async () => {
	const failed = "#private was not marked as read";
	const tried = attempt(["channelRead", "2"], failed, refused("network"));
	forgetAll();
	expect(await tried).toBe(false);
	expect(saidNow()).toEqual([]);
	const done = attempt(["channelRead", "2"], failed, Promise.resolve());
	forgetAll();
	expect(await done).toBe(false);
});

it("says nothing of what another one has given up", async () => {
	const given = tryTo("Status was not changed", Promise.resolve(false));
	expect(await given).toBe(false);
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
