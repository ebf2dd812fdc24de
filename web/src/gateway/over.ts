import { ApiError } from "@/api/errors.ts";

/** Whether a renewal was refused for good: signing in is the only way on. */
export function isOver(error: unknown): boolean {
	return (
		error instanceof ApiError && (error.status === 401 || error.status === 403)
	);
}
