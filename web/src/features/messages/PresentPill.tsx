import { ArrowDown } from "lucide-react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useUnreadCount } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";

/** The way back to the newest message, with how many came meanwhile. */
export function PresentPill({
	channelId,
	busy,
	onPress,
}: {
	channelId: Id;
	/** What is newest is on its way. */
	busy: boolean;
	onPress: () => void;
}) {
	const t = useT();
	const count = useUnreadCount(channelId);
	return (
		<Button
			busy={busy}
			onClick={onPress}
			className="absolute end-5 bottom-3 z-10 animate-fade rounded-pill! border border-line bg-raised! shadow-overlay"
		>
			<ArrowDown aria-hidden="true" size={16} />
			{count ? t.chat.toPresentNew(count) : t.chat.toPresent}
		</Button>
	);
}
