/** Errors in the reader's language. Takes their shape, knows no client. */
import type { Catalog } from "./locale.ts";

/** What the text of an error needs; `ApiError` and `CommandError` have it. */
export type ErrorLike = {
	code: string;
	retryAfterMs: number | null;
	fields: readonly {
		field: string;
		code: string;
		message: string;
		limit?: number | null;
	}[];
};

/** What keeps a hub that is there from storing anything. */
type Ailment = "database" | "storage";

let whatAils: () => Ailment | null = () => null;

/** Tells where to ask what ails the hub, which errors name instead of saying that it is busy. */
export function askWhatAils(ask: () => Ailment | null): void {
	whatAils = ask;
}

/** One sentence for an error; falls back to the general one. */
export function errorText(t: Catalog, error: unknown): string {
	if (!isErrorLike(error)) return t.errors.unknown;
	if (error.code === "network") return t.errors.network;
	const ails = AILING.has(error.code) ? whatAils() : null;
	if (ails) return t.errors.ails[ails];
	if (error.code === "timeout") return t.errors.timeout;
	if (error.code === "gateway") return t.errors.gateway;
	// The hub names the address that it is meant to be reached at; this page came from another.
	const origin = error.fields.find(({ field }) => field === "origin");
	if (error.code === "forbidden" && origin)
		return t.errors.foreignPage(origin.message);
	const text = lookUp(t.errors.codes, error.code) ?? t.errors.unknown;
	if (error.code !== "rate_limited" || error.retryAfterMs === null) return text;
	const seconds = Math.ceil(error.retryAfterMs / 1000);
	return seconds > SECONDS_MAX
		? t.errors.retryInMinutes(Math.ceil(seconds / 60))
		: t.errors.retryIn(seconds);
}

/**
 * What a hub says, or does not say, that cannot store anything; what stands before it may have waited
 * for it in vain.
 */
const AILING: ReadonlySet<string> = new Set([
	"unavailable",
	"timeout",
	"gateway",
]);

/** What a form says while it sends again what the hub did not take. */
export function retryText(t: Catalog): string {
	const ails = whatAils();
	return ails ? t.errors.ailsRetry[ails] : t.errors.busyRetry;
}

/** A longer wait is told in minutes. */
const SECONDS_MAX = 90;

/** The sentence for one field of a refused form, or null when it is fine. */
export function fieldText(
	t: Catalog,
	error: unknown,
	field: string,
): string | null {
	if (!isErrorLike(error)) return null;
	const found = error.fields.find((entry) => entry.field === field);
	if (!found) return null;
	const text = lookUp(t.errors.fields, found.code);
	if (typeof text === "string") return text;
	if (text && typeof found.limit === "number") return text(found.limit);
	return found.message;
}

function lookUp<T extends object>(
	table: T,
	key: string,
): T[keyof T] | undefined {
	return Object.entries(table).find(([name]) => name === key)?.[1];
}

function isErrorLike(error: unknown): error is ErrorLike {
	return (
		error instanceof Error &&
		"code" in error &&
		"retryAfterMs" in error &&
		"fields" in error
	);
}
