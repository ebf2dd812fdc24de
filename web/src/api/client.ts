/**
 * HTTP to the hub: one door for every call. Adds the token, renews it once,
 * turns refusals into `ApiError`. It repeats a call only after a 401, which
 * says that nothing was done; any other retry is its caller's, by nonce.
 * Knows no store.
 */
import { ApiError, errorOfResponse } from "./errors.ts";
import type { Tokens } from "./token.ts";

export type Call = {
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** Below `/api/`, without a slash in front; ids are put in by `path`. */
	path: string;
	body?: object;
	query?: Record<string, string | number | undefined>;
	signal?: AbortSignal | undefined;
	/** `none` sends no token, `cookie` adds what the refresh cookie demands. */
	auth?: "bearer" | "none" | "cookie";
	/** Lets the browser finish the call after the page is gone. */
	keepalive?: boolean;
};

export type Send = <T>(call: Call) => Promise<T>;

/** A call that hangs is worth less than one that failed. */
export const timeoutMs = 30_000;

export function createSend(fetcher: typeof fetch, tokens: Tokens): Send {
	return async <T>(call: Call): Promise<T> => {
		if ((call.auth ?? "bearer") !== "bearer")
			return once<T>(fetcher, call, tokens.current()?.access_token ?? null);
		const { access_token, user } = await tokens.fresh();
		const answer = renewing<T>(fetcher, tokens, call, access_token);
		await Promise.allSettled([answer]);
		// What was asked for one account is no business of whoever has come since.
		if (tokens.current()?.user.id !== user.id)
			throw new ApiError({ code: "aborted" });
		return answer;
	};
}

async function renewing<T>(
	fetcher: typeof fetch,
	tokens: Tokens,
	call: Call,
	token: string,
): Promise<T> {
	try {
		return await once<T>(fetcher, call, token);
	} catch (error) {
		if (!(error instanceof ApiError) || error.code !== "unauthenticated")
			throw error;
		const renewed = await tokens.renew(token);
		return once<T>(fetcher, call, renewed.access_token);
	}
}

/** Puts ids into a path so that none of them can leave its place. */
export function path(
	parts: TemplateStringsArray,
	...values: readonly string[]
): string {
	return String.raw({ raw: parts }, ...values.map(encodeURIComponent));
}

/** One call without any token care; also what the renewal itself uses. */
export async function once<T>(
	fetcher: typeof fetch,
	call: Call,
	token: string | null,
): Promise<T> {
	const timeout = AbortSignal.timeout(timeoutMs);
	const signal = call.signal
		? AbortSignal.any([call.signal, timeout])
		: timeout;
	let response: Response;
	let text: string;
	try {
		response = await fetcher(urlOf(call), {
			...requestOf(call, token),
			signal,
		});
		text = await response.text();
	} catch (cause) {
		throw new ApiError({ code: failureOf(call, timeout), message: `${cause}` });
	}
	const body = readJson(text);
	if (!response.ok)
		throw errorOfResponse(response.status, body, response.headers);
	if (response.status !== 204 && body === undefined)
		throw new ApiError({ code: "bad_answer", status: response.status });
	// The contract's types are generated from the hub's own; no copy of them
	// is checked again at run time.
	return body as T;
}

function failureOf(call: Call, timeout: AbortSignal): string {
	if (call.signal?.aborted) return "aborted";
	return timeout.aborted ? "timeout" : "network";
}

function urlOf(call: Call): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(call.query ?? {}))
		if (value !== undefined) query.set(name, String(value));
	const tail = query.size > 0 ? `?${query}` : "";
	return `/api/${call.path}${tail}`;
}

function requestOf(call: Call, token: string | null): RequestInit {
	const headers = new Headers({ accept: "application/json" });
	if (call.body) headers.set("content-type", "application/json");
	if (token && call.auth !== "none")
		headers.set("authorization", `Bearer ${token}`);
	if (call.auth === "cookie") headers.set("x-battala-auth", "1");
	return {
		method: call.method,
		headers,
		body: call.body ? JSON.stringify(call.body) : null,
		credentials: "same-origin",
		cache: "no-store",
		keepalive: call.keepalive ?? false,
	};
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
