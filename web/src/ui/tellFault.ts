import { errorText, t } from "@/i18n/index.ts";
import { toast } from "./toasts.ts";

/** Says why something that was pressed did not happen, where no place of its own says it. */
export function tellFault(error: unknown): void {
	toast(errorText(t(), error), { tone: "error" });
}
