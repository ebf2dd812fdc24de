import { describe, expect, it, vi } from "vitest";
import { createLocalLock } from "@/lib/locks.ts";
import { me } from "../../tests/support/samples.ts";
import { until } from "../../tests/support/until.ts";
import { type Call, createSend, path } from "./client.ts";
import { ApiError } from "./errors.ts";
import { createTokens, type TokenParts } from "./token.ts";
import type { AuthResponse } from "./types.ts";

const auth = (name: string, expires_at = 1_000_000): AuthResponse => ({
	access_token: name,
	expires_at,
	session_id: "7",
	user: me,
});

function tokensWith(over: Partial<TokenParts> = {}) {
	const refresh = vi.fn(async () => auth("fresh"));
	const posted: AuthResponse[] = [];
	const tokens = createTokens({
		refresh,
		now: () => 0,
		lock: createLocalLock(),
		channel: { post: (one) => posted.push(one), listen: () => {} },
		onOther: () => {},
		...over,
	});
	return { tokens, refresh, posted };
}

function answers(...responses: (Response | Error)[]) {
	return vi.fn(async (_url: string | URL | Request, _init?: RequestInit) => {
		const response = responses.shift();
		if (response instanceof Response) return response;
		throw response ?? new Error("no more answers");
	});
}

const json = (body: unknown, status = 200) => Response.json(body, { status });
const refusal = (code: string, status: number) =>
	Response.json(
		{ code },
		{ status, headers: { "content-type": "application/problem+json" } },
	);
const get: Call = { method: "GET", path: "servers" };

function headersOf(fetcher: ReturnType<typeof answers>, call = 0): Headers {
	return new Headers(fetcher.mock.calls[call]?.[1]?.headers);
}

describe("a call", () => {
	it("carries the token and its query", async () => {
		const { tokens } = tokensWith();
		tokens.accept(auth("t1"));
		const fetcher = answers(json({ items: [] }));
		const query = { limit: 50, after: undefined };
		await createSend(fetcher, tokens)({ ...get, query });
		expect(fetcher.mock.calls[0]?.[0]).toBe("/api/servers?limit=50");
		expect(headersOf(fetcher).get("authorization")).toBe("Bearer t1");
	});

	it("renews a refused token once and repeats", async () => {
		const { tokens, refresh } = tokensWith();
		tokens.accept(auth("old"));
		const refused = refusal("unauthenticated", 401);
		const fetcher = answers(refused, json({ ok: true }));
		await createSend(fetcher, tokens)(get);
		expect(refresh).toHaveBeenCalledTimes(1);
		expect(headersOf(fetcher, 1).get("authorization")).toBe("Bearer fresh");
	});

	it("is not repeated after any other failure", async () => {
		const { tokens } = tokensWith();
		tokens.accept(auth("t1"));
		const fetcher = answers(refusal("unavailable", 503));
		const call = createSend(fetcher, tokens)({ ...get, method: "POST" });
		await expect(call).rejects.toMatchObject({ code: "unavailable" });
		expect(fetcher).toHaveBeenCalledTimes(1);
	});

	it("tells a lost network from a call that was given up", async () => {
		const { tokens } = tokensWith();
		tokens.accept(auth("t1"));
		const failing = createSend(answers(new TypeError("failed")), tokens);
		await expect(failing(get)).rejects.toMatchObject({ code: "network" });
		const aborting = createSend(answers(new TypeError("failed")), tokens);
		const signal = AbortSignal.abort();
		await expect(aborting({ ...get, signal })).rejects.toMatchObject({
			code: "aborted",
		});
	});

	it("refuses an answer that is no JSON", async () => {
		const { tokens } = tokensWith();
		tokens.accept(auth("t1"));
		const send = createSend(answers(new Response("<html>")), tokens);
		await expect(send(get)).rejects.toBeInstanceOf(ApiError);
	});

	it("marks what uses the cookie, and sends no token where none is due", async () => {
		const { tokens } = tokensWith();
		tokens.accept(auth("t1"));
		const fetcher = answers(new Response(null, { status: 204 }), json({}));
		const send = createSend(fetcher, tokens);
		await send({ method: "POST", path: "auth/logout", auth: "cookie" });
		expect(headersOf(fetcher).get("x-battala-auth")).toBe("1");
		await send({ ...get, path: "hub", auth: "none" });
		expect(headersOf(fetcher, 1).get("authorization")).toBeNull();
	});

	it("keeps ids inside their place in the path", () => {
		expect(path`invites/${"../a?b"}/join`).toBe("invites/..%2Fa%3Fb/join");
	});
});

describe("the token", () => {
	it("is renewed once for all who wait", async () => {
		const { tokens, refresh, posted } = tokensWith();
		const all = await Promise.all([tokens.fresh(), tokens.fresh()]);
		expect(all.map((one) => one.access_token)).toEqual(["fresh", "fresh"]);
		expect(refresh).toHaveBeenCalledTimes(1);
		expect(posted).toHaveLength(1);
	});

	it("is renewed before it ends", async () => {
		const { tokens, refresh } = tokensWith({ now: () => 100_000 });
		tokens.accept(auth("old", 110_000));
		expect((await tokens.fresh()).access_token).toBe("fresh");
		expect(refresh).toHaveBeenCalledTimes(1);
	});

	it("of another tab is taken instead of renewing again", async () => {
		let hear: (one: AuthResponse) => void = () => {};
		const channel = {
			post: () => {},
			listen: (heard: (one: AuthResponse) => void) => {
				hear = heard;
			},
		};
		const { tokens, refresh } = tokensWith({ channel });
		tokens.accept(auth("old"));
		hear(auth("theirs"));
		expect((await tokens.renew("old")).access_token).toBe("theirs");
		expect(refresh).not.toHaveBeenCalled();
	});

	it("of another account is not", async () => {
		let hear: (one: AuthResponse) => void = () => {};
		const channel = {
			post: () => {},
			listen: (heard: (one: AuthResponse) => void) => {
				hear = heard;
			},
		};
		const { tokens } = tokensWith({ channel });
		tokens.accept(auth("mine"));
		hear({ ...auth("theirs"), user: { ...me, id: "99" } });
		expect(tokens.current()?.access_token).toBe("mine");
	});

	it("that arrives after signing out is not kept", async () => {
		let answer: (one: AuthResponse) => void = () => {};
		const late = new Promise<AuthResponse>((resolve) => {
			answer = resolve;
		});
		const refresh = vi.fn(() => late);
		const { tokens } = tokensWith({ refresh });
		const renewal = tokens.fresh();
		await until(() => expect(refresh).toHaveBeenCalled());
		tokens.forget();
		answer(auth("late"));
		await renewal;
		expect(tokens.current()).toBeNull();
	});
});
