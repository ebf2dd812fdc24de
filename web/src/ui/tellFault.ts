import { errorText, t } from "@/i18n/index.ts";
import { toast } from "./toasts.ts";

/**
 * Says why something that was pressed did not happen, where no place of its own says it. What was
 * given up because another account came is nothing to whoever looks now.
 */
export function tellFault(error: unknown): void {
	if (error instanceof Error && "code" in error && error.code === "aborted")
		return;
	toast(errorText(t(), error), { tone: "error" });
}
