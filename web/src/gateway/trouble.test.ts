import { expect, it } from "vitest";
import { ApiError } from "@/api/errors.ts";
import type { Trouble } from "@/stores/state.ts";
import { until } from "../../tests/support/until.ts";
import { createTroubles } from "./trouble.ts";

/** A hub whose probe answers like this, one after the other; then it is well. */
function hub(...answers: (() => Response)[]) {
	const shown: (Trouble | null)[] = [];
	const asked: string[] = [];
	let silences = 0;
	const troubles = createTroubles({
		fetcher: async (url) => {
			asked.push(String(url));
			return (answers.shift() ?? (() => new Response("ready\n")))();
		},
		show: (trouble) => shown.push(trouble),
		unheard: () => {
			silences += 1;
		},
		sleep: async () => {},
		random: () => 0,
	});
	return { ...troubles, shown, asked, silences: () => silences };
}

const refused = (code: string, status: number) => () =>
	Response.json(
		{ code, title: "no" },
		{ status, headers: { "content-type": "application/problem+json" } },
	);

it("says that the database is away until it is back", async () => {
	const away = refused("unavailable", 503);
	const one = hub(away, away, away);
	one.notice("unavailable");
	await until(() => expect(one.shown).toEqual(["database", null]));
	expect(one.asked).toEqual(Array(4).fill("/readyz"));
});

it("asks a hub for which something before it has waited in vain", async () => {
	const one = hub(refused("unavailable", 503));
	one.notice("gateway");
	await until(() => expect(one.shown).toEqual(["database", null]));
});

it("tells a full disk from that", async () => {
	const one = hub(refused("storage_full", 507));
	one.notice("storage_full");
	await until(() => expect(one.shown).toEqual(["storage", null]));
});

it.each([
	["a hub that is only busy", () => new Response("ready\n"), 0],
	[
		"a proxy that speaks for itself",
		() => Response.json({ code: "unavailable" }, { status: 503 }),
		0,
	],
	["a proxy without a hub", () => new Response("<html>", { status: 502 }), 0],
	[
		"no network",
		() => {
			throw new TypeError("no network");
		},
		1,
	],
])("shows nothing of %s, but tells of silence", async (_, answer, silences) => {
	const one = hub(answer);
	one.notice("timeout");
	await until(() => expect(one.asked).toHaveLength(1));
	await new Promise((wake) => setTimeout(wake));
	expect(one.shown).toEqual([]);
	expect(one.silences()).toBe(silences);
	// The next refusal asks again.
	one.notice("timeout");
	expect(one.asked).toHaveLength(2);
});

it("hears what calls are refused, and asks once at a time", async () => {
	const one = hub(refused("unavailable", 503));
	const call = (code: string) =>
		one.hear(Promise.reject(new ApiError({ code })));
	await expect(call("forbidden")).rejects.toThrow();
	expect(one.asked).toEqual([]);
	await Promise.allSettled([call("unavailable"), call("unavailable")]);
	await until(() => expect(one.shown).toEqual(["database", null]));
	expect(one.asked).toHaveLength(2);
});

it("takes whoever has refused something for heard", async () => {
	const one = hub(() => {
		throw new TypeError("no network");
	});
	one.notice("unavailable");
	await until(() => expect(one.asked).toHaveLength(1));
	await new Promise((wake) => setTimeout(wake));
	expect(one.silences()).toBe(0);
});
