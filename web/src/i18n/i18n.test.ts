import { afterEach, describe, expect, it } from "vitest";
import { bn } from "./bn/index.ts";
import { hub } from "./en/hub.ts";
import { settings } from "./en/settings.ts";
import { start } from "./en/start.ts";
import {
	askWhatAils,
	errorText,
	fieldText,
	formats,
	setLocale,
	t,
} from "./index.ts";

type Leaf = string | ((...values: never[]) => string);

function leaves(node: object, path = ""): [string, Leaf][] {
	return Object.entries(node).flatMap(([key, value]) =>
		typeof value === "object"
			? leaves(value, `${path}${key}.`)
			: [[`${path}${key}`, value] satisfies [string, Leaf]],
	);
}

class Refusal extends Error {
	code: string;
	retryAfterMs: number | null;
	fields: { field: string; code: string; message: string; limit?: number }[];

	constructor(
		code: string,
		retryAfterMs: number | null = null,
		fields: Refusal["fields"] = [],
	) {
		super(code);
		this.code = code;
		this.retryAfterMs = retryAfterMs;
		this.fields = fields;
	}
}

const en = { ...start, ...hub, settings };

describe("catalogues", () => {
	const bengali = new Map(leaves(bn));

	it("have the same messages, of the same kind and arity", () => {
		expect([...bengali.keys()].sort()).toEqual(
			leaves(en)
				.map(([key]) => key)
				.sort(),
		);
		for (const [key, message] of leaves(en)) {
			const other = bengali.get(key);
			expect(typeof other, key).toBe(typeof message);
			if (typeof message === "function" && typeof other === "function")
				expect(other.length, key).toBe(message.length);
		}
	});

	it("are empty in one language only where they are in every other", () => {
		for (const [key, message] of leaves(en))
			if (typeof message === "string")
				expect(bengali.get(key) === "", key).toBe(message === "");
	});

	it("hang a Bengali ending on a name so that no line breaks between them", () => {
		const names = [...bengali.values()].flatMap((message) =>
			typeof message === "function"
				? [String(Reflect.apply(message, null, ["Oak", "Oak", "Oak"]))]
				: [],
		);
		const ended = /Oak-(?=[\u2060\u0980-\u09ff])/u;
		expect(names.filter((text) => ended.test(text)).length).toBeGreaterThan(10);
		for (const text of names) expect(text).not.toMatch(/Oak-[\u0980-\u09ff]/u);
	});

	it("say in Bengali first who does not see a channel any more", () => {
		const { hidden, hiddenSome, hiddenMany } = bn.channels;
		for (const text of [hidden("a", "b"), hiddenSome("a"), hiddenMany(4, "a")])
			expect(text).toMatch(/^আপনি আর /u);
	});

	it("count by the rule and in the digits of the language", () => {
		expect(en.errors.retryIn(1)).toBe("Try again in 1 second.");
		expect(en.errors.retryIn(2)).toBe("Try again in 2 seconds.");
		expect(bn.errors.retryIn(12)).toContain("১২");
	});
});

describe("switching", () => {
	afterEach(() => setLocale("en"));

	it("changes the catalogue, the page's language, and is remembered", async () => {
		await setLocale("bn");
		expect(t().common.cancel).toBe(bn.common.cancel);
		expect(document.documentElement.lang).toBe("bn");
		expect(localStorage.getItem("battala.locale")).toBe("bn");
	});
});

describe("error texts", () => {
	it("name the code, the wait, or the general failure", () => {
		expect(errorText(en, new Refusal("forbidden"))).toBe(
			en.errors.codes.forbidden,
		);
		expect(errorText(en, new Refusal("rate_limited", 2100))).toBe(
			"Try again in 3 seconds.",
		);
		const foreign = new Refusal("forbidden");
		const origin = { field: "origin", code: "wrong", message: "https://hub" };
		expect(errorText(en, Object.assign(foreign, { fields: [origin] }))).toBe(
			en.errors.foreignPage("https://hub"),
		);
		expect(errorText(en, new Refusal("network"))).toBe(en.errors.network);
		expect(errorText(en, new Refusal("gateway"))).toMatch(/cannot be reached/);
		expect(errorText(en, new Refusal("from_the_future"))).toBe(
			en.errors.unknown,
		);
		expect(errorText(en, new TypeError("bug"))).toBe(en.errors.unknown);
	});

	it("name what ails the hub, where that is known, instead of a busy one", () => {
		const busy = () => errorText(en, new Refusal("unavailable"));
		expect(busy()).toBe(en.errors.codes.unavailable);
		let ails: "database" | "storage" | null = null;
		askWhatAils(() => ails);
		for (ails of ["database", "storage"] as const)
			expect(busy()).toBe(en.errors.ails[ails]);
		for (const code of ["timeout", "gateway"])
			expect(errorText(en, new Refusal(code))).toBe(en.errors.ails.storage);
		expect(errorText(en, new Refusal("forbidden"))).toBe(
			en.errors.codes.forbidden,
		);
		askWhatAils(() => null);
	});

	it("land on their field with the limit", () => {
		const refusal = new Refusal("invalid_input", null, [
			{ field: "password", code: "too_short", message: "short", limit: 10 },
			{ field: "name", code: "new_code", message: "as the hub says" },
		]);
		expect(fieldText(en, refusal, "password")).toBe("At least 10 characters.");
		expect(fieldText(en, refusal, "name")).toBe("as the hub says");
		expect(fieldText(en, refusal, "email")).toBeNull();
	});
});

describe("names in sentences", () => {
	it("keep their direction to themselves, and others are as they were", async () => {
		await setLocale("en");
		const { servers, auth } = t();
		expect(servers.welcome("Bazaar")).toBe("Welcome to Bazaar.");
		expect(servers.welcome("বাজার")).toBe("Welcome to বাজার.");
		expect(servers.welcome("سوق (قديم)")).toBe(
			"Welcome to \u2068سوق (قديم)\u2069.",
		);
		expect(auth.inviteTitle("קהילה")).toBe(
			"You are invited to \u2068קהילה\u2069",
		);
		await setLocale("bn");
		expect(t().servers.welcome("سوق")).toContain("\u2068سوق\u2069");
		await setLocale("en");
	});
});

describe("formats", () => {
	it("tell the time alike wherever they tell it", () => {
		const evening = new Date(2026, 10, 29, 19, 40).getTime();
		const spaces = /\s/gu;
		for (const locale of ["en", "bn"] as const) {
			const { time, dateTime, moment } = formats(locale);
			const nextDay = evening + 86_400_000;
			const plain = time(evening).replaceAll(spaces, " ");
			for (const long of [dateTime(evening), moment(evening, nextDay)])
				expect(long.replaceAll(spaces, " ")).toMatch(
					new RegExp(`[ ,]${plain}$`, "u"),
				);
		}
		expect(formats("en").time(evening).replaceAll(spaces, " ")).toBe("7:40 PM");
	});

	it("tell a moment by its time today, its weekday this week, and its date before that", () => {
		const { moment } = formats("en");
		const told = (day: number) =>
			moment(
				new Date(2026, 10, day, 19, 40).getTime(),
				new Date(2026, 10, 30, 0, 5).getTime(),
			).replaceAll(/\s/gu, " ");
		expect(moment(0, 0)).toBe(formats("en").time(0));
		expect(told(29)).toBe("Sun 7:40 PM");
		expect(told(24)).toBe("Tue 7:40 PM");
		expect(told(23)).toBe("Nov 23, 2026, 7:40 PM");
	});

	it("tell distance in the largest fitting unit", () => {
		const { relative } = formats("en");
		expect(relative(0, 30_000)).toBe("now");
		expect(relative(0, 3 * 60_000)).toBe("3 minutes ago");
		expect(relative(2 * 86_400_000, 0)).toBe("in 2 days");
		expect(relative(7 * 86_400_000, 400)).toBe("in 7 days");
		expect(relative(7 * 86_400_000, 10 * 60_000)).toBe("in 7 days");
	});
});
