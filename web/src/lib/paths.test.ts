import { describe, expect, it } from "vitest";
import { inviteCodeOf, paths, placeOf } from "./paths.ts";

describe("places", () => {
	it.each([
		[paths.home, { kind: "home" }],
		[paths.server("1"), { kind: "server", serverId: "1" }],
		[
			paths.channel("1", "2"),
			{ kind: "channel", serverId: "1", channelId: "2", messageId: null },
		],
		[
			paths.message("1", "2", "3"),
			{ kind: "channel", serverId: "1", channelId: "2", messageId: "3" },
		],
		[
			paths.serverSettings("1", "invites"),
			{ kind: "serverSettings", serverId: "1", tab: "invites" },
		],
		[paths.settings("account"), { kind: "settings", tab: "account" }],
	])("%s goes there and back", (path, place) => {
		expect(placeOf(path)).toEqual(place);
	});

	it.each([
		"/",
		"/app/x",
		"/app/s",
		"/app/s/abc",
		"/app/s/1/abc",
		"/app/s/1/2/x",
		"/app/s/1/2/m",
		"/app/s/1/2/m/3/4",
	])("%s is nowhere", (path) => {
		expect(placeOf(path)).toEqual({ kind: "unknown" });
	});
});

describe("invites", () => {
	it("are found in a link and taken as they are", () => {
		expect(inviteCodeOf(" https://hub.example/invite/aB3-x?y#z ")).toBe(
			"aB3-x",
		);
		expect(inviteCodeOf("aB3x")).toBe("aB3x");
		expect(inviteCodeOf("two words")).toBeNull();
		expect(inviteCodeOf("")).toBeNull();
	});
});
