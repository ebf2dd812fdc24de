import { expect, it } from "vitest";
import { createHubClock } from "./hubClock.ts";

const at = (date?: string) => async () =>
	new Response(null, date ? { headers: { date } } : {});

it("follows the hub's clock, not the device's", async () => {
	const clock = createHubClock(() => 0);
	await clock.listening(at("Thu, 01 Jan 1970 03:00:00 GMT"))("/");
	expect(clock.now()).toBe(3 * 3_600_000);
});

it("stays with the device where the hub says nothing of note", async () => {
	const clock = createHubClock(() => 500);
	await clock.listening(at())("/");
	await clock.listening(at("soon"))("/");
	await clock.listening(at("Thu, 01 Jan 1970 00:00:01 GMT"))("/");
	expect(clock.now()).toBe(500);
});
