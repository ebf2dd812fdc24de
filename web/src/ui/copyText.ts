import { t } from "@/i18n/index.ts";
import { toast } from "./toasts.ts";

/**
 * Puts text on the clipboard and says so. Pages without TLS have no clipboard; there the browser's
 * older way may do, and if not, the text is left selected in its `field` for the reader's own keys.
 * Resolves with whether it is on the clipboard.
 */
export async function copyText(
	text: string,
	field: HTMLInputElement | null = null,
): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		field?.focus();
		field?.select();
		if (!copyByCommand(text)) {
			toast(field ? t().ui.copySelected : t().ui.copyFailed);
			return false;
		}
	}
	toast(t().ui.copied, { tone: "success" });
	return true;
}

function copyByCommand(text: string): boolean {
	let isDone = false;
	const onCopy = (event: ClipboardEvent) => {
		event.clipboardData?.setData("text/plain", text);
		event.preventDefault();
		isDone = event.clipboardData !== null;
	};
	document.addEventListener("copy", onCopy, { capture: true });
	try {
		return document.execCommand("copy") && isDone;
	} catch {
		return false;
	} finally {
		document.removeEventListener("copy", onCopy, { capture: true });
	}
}
