import { ApiError } from "@/api/errors.ts";

/**
 * Whether a renewal was refused for good: signing in is the only way on. Only
 * the hub can say that; a page of something in between that happens to have
 * such a status ends no session.
 */
export function isOver(error: unknown): boolean {
	return (
		error instanceof ApiError &&
		(error.status === 401 || error.status === 403) &&
		error.code !== "bad_answer"
	);
}
