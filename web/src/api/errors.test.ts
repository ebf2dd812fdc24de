import { describe, expect, it } from "vitest";
import { CommandError, errorOfResponse } from "./errors.ts";

const none = new Headers();
const TYPE = { "content-type": "application/problem+json" };
const ofHub = new Headers(TYPE);

describe("a refused response", () => {
	it("carries all of its problem document", () => {
		const error = errorOfResponse(
			400,
			{
				type: "/api/docs/problems#invalid_input",
				title: "Some fields need attention",
				status: 400,
				code: "invalid_input",
				detail: "name is too long",
				request_id: "r1",
				fields: [
					{ field: "name", code: "too_long", message: "long", limit: 100 },
				],
			},
			ofHub,
		);
		expect(error).toMatchObject({
			code: "invalid_input",
			status: 400,
			message: "name is too long",
			requestId: "r1",
			retryAfterMs: null,
			fields: [{ field: "name", code: "too_long", limit: 100 }],
			isTransient: false,
		});
	});

	it("tells a spent rate from a wait that one call stands for", () => {
		const problem = { code: "rate_limited", retry_after_ms: 1500 };
		const left = (n: string) =>
			new Headers({ ...TYPE, "ratelimit-remaining": n });
		expect(errorOfResponse(429, problem, left("0")).isRateSpent).toBe(true);
		expect(errorOfResponse(429, problem, left("12")).isRateSpent).toBe(false);
	});

	it("says when to come back, by document or header", () => {
		const problem = { code: "rate_limited", retry_after_ms: 1500 };
		expect(errorOfResponse(429, problem, ofHub)).toMatchObject({
			retryAfterMs: 1500,
			isTransient: true,
		});
		const headers = new Headers({ "retry-after": "3" });
		expect(errorOfResponse(429, undefined, headers)).toMatchObject({
			code: "rate_limited",
			retryAfterMs: 3000,
		});
	});

	it.each([
		[500, "<html>server error</html>", "gateway", true],
		[502, "<html>bad gateway</html>", "gateway", true],
		[503, null, "gateway", true],
		[503, { code: "unavailable" }, "gateway", true],
		[504, "upstream request timeout", "gateway", true],
		[413, undefined, "payload_too_large", false],
		[404, { message: 3 }, "bad_answer", true],
		[403, { code: "forbidden" }, "bad_answer", true],
	])("without a document, %i is %s", (status, body, code, isTransient) => {
		expect(errorOfResponse(status, body, none)).toMatchObject({
			code,
			isTransient,
			status,
		});
	});

	it("a hub that says itself that it is busy is, whatever stands before it", () => {
		const busy = errorOfResponse(503, { code: "unavailable" }, ofHub);
		expect(busy).toMatchObject({ code: "unavailable", isTransient: true });
	});

	it("survives fields that make no sense", () => {
		const body = { code: "invalid_input", fields: "?", retry_after_ms: "x" };
		expect(errorOfResponse(400, body, ofHub)).toMatchObject({
			code: "invalid_input",
			fields: [],
			retryAfterMs: null,
		});
	});
});

describe("whether to try again", () => {
	it.each([
		"network",
		"gateway",
		"timeout",
		"unavailable",
		"rate_limited",
		"internal",
	])("%s passes", (code) =>
		expect(new CommandError({ code }).isTransient).toBe(true),
	);
	it.each(["invalid_input", "forbidden", "not_found", "conflict", "too_new"])(
		"%s stays",
		(code) => expect(new CommandError({ code }).isTransient).toBe(false),
	);
});
