import { t } from "@/i18n/index.ts";
import { toast } from "./toasts.ts";

/** Puts text on the clipboard and says so; says so too when the browser refuses. */
export async function copyText(text: string): Promise<void> {
	try {
		await navigator.clipboard.writeText(text);
		toast(t().ui.copied, { tone: "success" });
	} catch {
		toast(t().ui.copyFailed, { tone: "error" });
	}
}
