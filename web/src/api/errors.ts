/**
 * What the hub's refusals become: one error class for HTTP, one for socket
 * commands, and a reading of foreign bytes that never throws.
 */
import * as v from "valibot";
import type { FieldError } from "./types.ts";

type Refusal = {
	code: string;
	message?: string;
	status?: number;
	fields?: readonly FieldError[];
	retryAfterMs?: number | null;
	requestId?: string | null;
	isRateSpent?: boolean;
};

/** A refused or failed call; `code` is for programs, `i18n` has its sentence. */
export class ApiError extends Error {
	/** A code of the contract; or network, gateway, timeout, aborted, bad_answer. */
	readonly code: string;
	/** The HTTP status; 0 when there was no answer. */
	readonly status: number;
	readonly fields: readonly FieldError[];
	readonly retryAfterMs: number | null;
	/** Names the request in the hub's log. */
	readonly requestId: string | null;
	/** Whether it was the rate of calls that is spent, and not something that one call stands for. */
	readonly isRateSpent: boolean;

	constructor(refusal: Refusal) {
		super(refusal.message ?? refusal.code);
		this.name = "ApiError";
		this.code = refusal.code;
		this.status = refusal.status ?? 0;
		this.fields = refusal.fields ?? [];
		this.retryAfterMs = refusal.retryAfterMs ?? null;
		this.requestId = refusal.requestId ?? null;
		this.isRateSpent = refusal.isRateSpent ?? false;
	}

	/** Whether the same call can succeed later without any change by the user. */
	get isTransient(): boolean {
		return (
			transientCodes.has(this.code) || (this.status >= 500 && this.status < 600)
		);
	}
}

/** How long the hub asks to wait before the same call, if it does. */
export function waitOf(error: unknown): number | null {
	return error instanceof ApiError ? error.retryAfterMs : null;
}

/** A refused socket command. */
export class CommandError extends ApiError {
	constructor(refusal: Refusal) {
		super(refusal);
		this.name = "CommandError";
	}
}

const transientCodes: ReadonlySet<string> = new Set([
	"network",
	"gateway",
	"timeout",
	"aborted",
	"bad_answer",
	"rate_limited",
	"unavailable",
	"internal",
	"storage_full",
	// The client renews its session by itself; what waits is sent after that.
	"unauthenticated",
	"session_ended",
]);

const fieldError = v.object({
	field: v.string(),
	code: v.string(),
	message: v.fallback(v.string(), ""),
	limit: v.optional(v.nullable(v.number())),
});

const problem = v.object({
	code: v.string(),
	detail: v.fallback(v.optional(v.string()), undefined),
	message: v.fallback(v.optional(v.string()), undefined),
	fields: v.fallback(v.optional(v.array(fieldError)), undefined),
	retry_after_ms: v.fallback(v.optional(v.nullable(v.number())), undefined),
	request_id: v.fallback(v.optional(v.nullable(v.string())), undefined),
});

/** Reads a problem document or a command's error; null when it is neither. */
export function readRefusal(body: unknown): Refusal | null {
	const read = v.safeParse(problem, body);
	if (!read.success) return null;
	const { code, detail, message, fields, retry_after_ms, request_id } =
		read.output;
	return {
		code,
		message: detail ?? message ?? code,
		// A field code that a newer hub added is passed on; texts fall back.
		fields: (fields ?? []) as FieldError[],
		retryAfterMs: retry_after_ms ?? null,
		requestId: request_id ?? null,
	};
}

/**
 * Reads the body of an HTTP answer. Only the hub refuses by problem documents: what something in
 * between says, whatever it looks like, says nothing of the hub.
 */
export function readProblem(body: unknown, headers: Headers): Refusal | null {
	const [type] = (headers.get("content-type") ?? "").split(";");
	const isProblem = type?.trim().toLowerCase() === "application/problem+json";
	return isProblem ? readRefusal(body) : null;
}

/** The error for an HTTP answer outside 2xx, whoever made its body. */
export function errorOfResponse(
	status: number,
	body: unknown,
	headers: Headers,
): ApiError {
	const refusal = readProblem(body, headers);
	const retryAfterMs = refusal?.retryAfterMs ?? retryAfterOf(headers);
	const requestId = refusal?.requestId ?? headers.get("x-request-id");
	const code = refusal?.code ?? codeOfStatus(status);
	const isRateSpent = headers.get("ratelimit-remaining") === "0";
	return new ApiError({
		...refusal,
		code,
		status,
		retryAfterMs,
		requestId,
		isRateSpent,
	});
}

/** Of an answer that is not the hub's. Whoever fails in its place has not reached it. */
function codeOfStatus(status: number): string {
	if (status === 429) return "rate_limited";
	if (status >= 500) return "gateway";
	return status === 413 ? "payload_too_large" : "bad_answer";
}

function retryAfterOf(headers: Headers): number | null {
	const seconds = Number(headers.get("retry-after") ?? Number.NaN);
	return Number.isFinite(seconds) ? seconds * 1000 : null;
}
