// Whose token it is: a device has one refresh cookie, whatever its tabs believe.
import { expect, it } from "vitest";
import { createTokens } from "./token.ts";
import type { AuthResponse } from "./types.ts";

const authOf = (id: string): AuthResponse => ({
	access_token: `token of ${id}`,
	expires_at: 1_000_000,
	session_id: id,
	user: {
		id,
		username: `user${id}`,
		display_name: "",
		avatar: null,
		kind: "human",
		email: null,
		is_admin: false,
		can_invite: false,
		created_at: 0,
		rev: 1,
	},
});

function tokensOf(cookie: string) {
	let say: (auth: AuthResponse) => void = () => {};
	const others: string[] = [];
	let refreshes = 0;
	const tokens = createTokens({
		refresh: async () => {
			refreshes += 1;
			return authOf(cookie);
		},
		now: () => 0,
		lock: (_, task) => task(),
		channel: {
			post: () => {},
			listen: (heard) => {
				say = heard;
			},
		},
		onOther: (auth) => others.push(auth.user.id),
	});
	return {
		tokens,
		others,
		hear: (id: string) => say(authOf(id)),
		refreshes: () => refreshes,
	};
}

it("a renewal for one account never gives the token of another", async () => {
	const { tokens, others } = tokensOf("2");
	tokens.expect("1");
	await expect(tokens.fresh()).rejects.toMatchObject({ status: 0 });
	expect(others).toEqual(["2"]);
	expect(tokens.current()).toBeNull();
});

it("what another tab broadcasts serves the account that runs here, and no other", async () => {
	const { tokens, hear, refreshes } = tokensOf("1");
	tokens.expect("1");
	hear("2");
	expect(tokens.current()).toBeNull();
	hear("1");
	expect((await tokens.fresh()).user.id).toBe("1");
	expect(refreshes()).toBe(0);
});

it("before anybody runs here, the token of another tab spares a renewal", async () => {
	const { tokens, hear, refreshes } = tokensOf("1");
	hear("1");
	expect((await tokens.fresh()).user.id).toBe("1");
	expect(refreshes()).toBe(0);
});

it("to expect another account forgets the token of the one before", () => {
	const { tokens } = tokensOf("1");
	tokens.accept(authOf("1"));
	tokens.expect("1");
	expect(tokens.current()?.user.id).toBe("1");
	tokens.expect("2");
	expect(tokens.current()).toBeNull();
});
