import { Info } from "lucide-react";
import { useT } from "@/i18n/index.ts";
import { useStore } from "@/stores/index.ts";

/** Why one is here again: the session ended, and not by one's own press. */
export function EndedNotice() {
	const t = useT();
	const session = useStore((state) => state.session);
	if (session.status !== "signed_out") return null;
	const { reason, isKept } = session;
	if (reason === null || reason === "signed_out") return null;
	const texts: Record<string, string> = t.connection.sessionEnded;
	return (
		<p
			role="status"
			className="flex gap-2 rounded-control bg-active px-3 py-2 text-ui"
		>
			<Info aria-hidden="true" size={18} className="mt-px shrink-0 text-info" />
			<span>
				{texts[reason] ?? t.connection.sessionEnded.other}
				{isKept ? ` ${t.connection.writingKept}` : null}
			</span>
		</p>
	);
}
