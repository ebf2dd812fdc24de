/**
 * The access token: in memory only, renewed once however many callers and
 * tabs need it. The refresh token is in a cookie that scripts cannot read;
 * because it rotates, only one tab at a time may use it.
 */
import { ApiError } from "./errors.ts";
import type { AuthResponse, Id } from "./types.ts";

export type TokenParts = {
	/** Calls the hub with the refresh cookie. */
	refresh: () => Promise<AuthResponse>;
	/** Milliseconds since 1970. */
	now: () => number;
	/** Runs `task` while no other tab runs one of the same name. */
	lock: <T>(name: string, task: () => Promise<T>) => Promise<T>;
	/** Tells the other tabs, and hears from them. */
	channel: TokenChannel;
	/** The cookie is another account's than the one that is expected. */
	onOther: (auth: AuthResponse) => void;
};

type TokenChannel = {
	post: (auth: AuthResponse) => void;
	listen: (heard: (auth: AuthResponse) => void) => void;
};

export type Tokens = {
	/** A token that is good for a while; renews it when it is not. */
	fresh: () => Promise<AuthResponse>;
	/** Renews unless `stale` has been replaced meanwhile. */
	renew: (stale: string | null) => Promise<AuthResponse>;
	accept: (auth: AuthResponse) => void;
	/**
	 * Whose tokens are good from now on; null: anybody's. What runs for one account never gets the
	 * token of another, though all tabs share one cookie.
	 */
	expect: (userId: Id | null) => void;
	current: () => AuthResponse | null;
	forget: () => void;
};

/** Held by whoever asks for what changes the cookie: the answers come in the order of the questions. */
export const COOKIE_LOCK = "battala.refresh";

/** A token this close to its end is renewed before use. */
const marginMs = 30_000;

export function createTokens(parts: TokenParts): Tokens {
	let current: AuthResponse | null = null;
	let flight: Promise<AuthResponse> | null = null;
	let era = 0;
	let expected: Id | null = null;

	const isExpected = (auth: AuthResponse) =>
		expected === null || expected === auth.user.id;

	parts.channel.listen((auth) => {
		// Another tab's token serves here too, but only for the same account.
		const isOurs = current === null || current.user.id === auth.user.id;
		if (isOurs && isExpected(auth)) current = auth;
	});

	const renewLocked = (stale: string | null) =>
		parts.lock(COOKIE_LOCK, async () => {
			if (current && current.access_token !== stale) return current;
			const begun = era;
			const auth = await parts.refresh();
			if (!isExpected(auth)) {
				parts.onOther(auth);
				throw new ApiError({ code: "aborted" });
			}
			if (begun === era) {
				current = auth;
				parts.channel.post(auth);
			}
			return auth;
		});

	const tokens: Tokens = {
		renew(stale) {
			flight ??= renewLocked(stale).finally(() => {
				flight = null;
			});
			return flight;
		},
		async fresh() {
			if (current && current.expires_at - marginMs > parts.now())
				return current;
			return tokens.renew(current?.access_token ?? null);
		},
		accept(auth) {
			era += 1;
			current = auth;
			parts.channel.post(auth);
		},
		expect(userId) {
			expected = userId;
			if (current && !isExpected(current)) {
				era += 1;
				current = null;
			}
		},
		current: () => current,
		forget() {
			era += 1;
			current = null;
		},
	};
	return tokens;
}
