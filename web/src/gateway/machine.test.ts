import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Connection } from "@/stores/state.ts";
import { type Happening, next } from "./machine.ts";

const chance = { now: 1000, random: 0.5 };
const offline = { status: "offline" } as const;

function endOf(...happenings: Happening[]) {
	let connection: Connection = offline;
	let orders: string[] = [];
	for (const happening of happenings) {
		const step = next(connection, happening, chance);
		connection = step.connection;
		orders = step.orders.map((order) => order.order);
	}
	return { connection, orders };
}

const wanted: Happening = { what: "wanted" };
const ready: Happening = { what: "ready" };
const caughtUp: Happening = { what: "caught_up" };
const closed: Happening = { what: "closed" };
const due: Happening = { what: "due" };
const refused = (code: string, retryAfterMs: number | null = null) =>
	({ what: "refused", code, retryAfterMs }) satisfies Happening;

describe("the connection", () => {
	it("goes from offline to live", () => {
		expect(endOf(wanted)).toEqual({
			connection: { status: "connecting" },
			orders: ["open"],
		});
		expect(endOf(wanted, ready).connection.status).toBe("syncing");
		expect(endOf(wanted, ready, caughtUp).connection.status).toBe("live");
	});

	it("waits longer with each failure, and forgets it with success", () => {
		const first = endOf(wanted, ready, caughtUp, closed);
		expect(first.orders).toEqual(["wake"]);
		expect(first.connection).toMatchObject({ attempt: 1, retryAt: 1750 });
		const second = endOf(wanted, ready, closed, due, closed).connection;
		expect(second).toMatchObject({ attempt: 2, since: 1000, retryAt: 2500 });
		const again = endOf(wanted, closed, due, ready, closed).connection;
		expect(again).toMatchObject({ attempt: 1 });
	});

	it("obeys the hub's own wait", () => {
		const { connection } = endOf(wanted, refused("rate_limited", 60_000));
		expect(connection).toMatchObject({ retryAt: 61_000 });
	});

	it("renews a refused token at once, but not in a circle", () => {
		const first = endOf(wanted, refused("unauthenticated"));
		expect(first.orders).toEqual(["renew_and_open"]);
		const second = endOf(
			wanted,
			refused("unauthenticated"),
			refused("unauthenticated"),
		);
		expect(second.orders).toEqual(["wake"]);
		// The hub was away, and is another since: its key was lost.
		const later = endOf(
			wanted,
			closed,
			due,
			closed,
			due,
			refused("unauthenticated"),
		);
		expect(later.orders).toEqual(["renew_and_open"]);
	});

	it("ends with the session", () => {
		expect(endOf(wanted, refused("session_ended"))).toEqual({
			connection: offline,
			orders: ["end"],
		});
	});

	it("tries again where the account has too many connections, and when someone asks", () => {
		const state = endOf(wanted, refused("limit_reached"), closed);
		expect(state.connection).toEqual({ status: "refused", retryAt: 31_000 });
		const told = endOf(wanted, refused("limit_reached"));
		expect(told.orders).toEqual(["wake"]);
		const asked = endOf(wanted, refused("limit_reached"), due);
		expect(asked.orders).toEqual(["open"]);
	});

	it("tries at once when the network is back", () => {
		expect(endOf(wanted, closed, wanted).orders).toEqual(["open"]);
	});

	const happening = fc.oneof(
		fc.constantFrom<Happening>(
			wanted,
			{ what: "unwanted" },
			ready,
			caughtUp,
			closed,
			due,
		),
		fc
			.constantFrom(
				"unauthenticated",
				"session_ended",
				"rate_limited",
				"limit_reached",
				"unavailable",
				"from_the_future",
			)
			.map((code) => refused(code)),
	);

	it("is never stuck: something is under way, or it is offline", () => {
		fc.assert(
			fc.property(fc.array(happening, { maxLength: 40 }), (all) => {
				let connection: Connection = offline;
				/** What would make the machine move again. */
				let promise: "none" | "attempt" | "alarm" = "none";
				for (const one of all) {
					const step = next(connection, one, chance);
					for (const { order } of step.orders) {
						if (order === "wake") promise = "alarm";
						else promise = order.includes("open") ? "attempt" : "none";
					}
					connection = step.connection;
					const { status } = connection;
					if (status === "reconnecting")
						expect(promise).toBe(connection.retryAt > 0 ? "alarm" : "attempt");
					if (status === "refused") expect(promise).toBe("alarm");
					if (status === "connecting") expect(promise).toBe("attempt");
					if (status === "offline") expect(promise).toBe("none");
				}
			}),
			{ numRuns: 500 },
		);
	});
});
