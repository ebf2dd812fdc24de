import type { Id } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { ApiError, jumpToMessage } from "@/stores/index.ts";
import { attempt, type Cause, dismissFault } from "@/ui/tellFault.ts";
import { toast } from "@/ui/toasts.ts";

/** Goes to a message that an address names, and says so where it is not there or could not be loaded. */
export async function goToMessage(
	channelId: Id,
	messageId: Id,
	left: AbortSignal,
): Promise<void> {
	const cause: Cause = ["message", messageId];
	const jumped = jumpToMessage(channelId, messageId, left).catch(
		(error: unknown) => {
			// Whoever could not be asked has not said that it is gone.
			if (error instanceof ApiError && error.isTransient) throw error;
			dismissFault(cause);
			toast(t().chat.messageGone);
			return false;
		},
	);
	await attempt(cause, t().notDone.message, jumped);
}
