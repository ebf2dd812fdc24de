import { ApiError } from "@/api/errors.ts";

const final: ReadonlySet<string> = new Set([
	"session_ended",
	"unauthenticated",
	"forbidden",
]);

/**
 * Whether a renewal was refused for good: signing in is the only way on. Only
 * the hub can say that; an answer of something in between that happens to have
 * such a status ends no session.
 */
export function isOver(error: unknown): boolean {
	return (
		error instanceof ApiError &&
		(error.status === 401 || error.status === 403) &&
		final.has(error.code)
	);
}
