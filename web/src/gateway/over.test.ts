import { expect, it } from "vitest";
import { errorOfResponse } from "@/api/errors.ts";
import { isOver } from "./over.ts";

const from = (
	status: number,
	body: unknown,
	type = "application/problem+json",
) => errorOfResponse(status, body, new Headers({ "content-type": type }));

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
		for (const code of ["session_ended", "unauthenticated", "forbidden"])
			for (const type of ["application/json", "text/html", ""])
				expect(isOver(from(status, { code }, type))).toBe(false);
		expect(isOver(from(status, null))).toBe(false);
		expect(isOver(from(status, { error: "blocked" }))).toBe(false);
		expect(isOver(from(status, { code: "AccessDenied" }))).toBe(false);
	},
);

it("neither does what may be otherwise in a moment", () => {
	expect(isOver(from(503, { code: "unavailable" }))).toBe(false);
	expect(isOver(new Error("network"))).toBe(false);
});
