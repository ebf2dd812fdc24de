import { expect, it } from "vitest";
import { errorOfResponse } from "@/api/errors.ts";
import { isOver } from "./over.ts";

const from = (status: number, body: unknown) =>
	errorOfResponse(status, body, new Headers());

it.each([
	[401, "session_ended"],
	[401, "unauthenticated"],
	[403, "forbidden"],
])("a session is over when the hub refuses with %i %s", (status, code) => {
	expect(isOver(from(status, { code }))).toBe(true);
});

it.each([401, 403])(
	"a page of something in between with %i ends no session",
	(status) => {
		expect(isOver(from(status, null))).toBe(false);
		expect(isOver(from(status, { error: "blocked" }))).toBe(false);
		expect(isOver(from(status, { code: "AccessDenied" }))).toBe(false);
	},
);

it("neither does what may be otherwise in a moment", () => {
	expect(isOver(from(503, { code: "unavailable" }))).toBe(false);
	expect(isOver(new Error("network"))).toBe(false);
});
