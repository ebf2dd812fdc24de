import type { Catalog } from "@/i18n/index.ts";
import { ApiError } from "@/stores/index.ts";

/** Why one waits where the present password is asked for. */
export function waitText(t: Catalog, error: unknown): string | undefined {
	return error instanceof ApiError && error.code === "rate_limited"
		? t.settings.passwordWait
		: undefined;
}
