import { Lock } from "lucide-react";
import { useT } from "@/i18n/index.ts";

/** Stands where one would write, in a place where one may only read. */
export function ReadOnly() {
	const t = useT();
	return (
		<p
			id="composer"
			tabIndex={-1}
			className="mx-4 mb-1 flex min-h-12 shrink-0 items-center gap-2 rounded-card border border-line bg-raised px-4 text-ui font-normal text-ink-2 outline-none max-tablet:mx-2"
		>
			<Lock aria-hidden="true" size={16} className="shrink-0 text-ink-3" />
			{t.chat.readOnly}
		</p>
	);
}
