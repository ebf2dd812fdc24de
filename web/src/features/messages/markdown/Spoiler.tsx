import { type ReactNode, useState } from "react";
import { useT } from "@/i18n/index.ts";

/** Hidden until pressed; while hidden a screen reader hears only that something is hidden. */
export function Spoiler({ children }: { children: ReactNode }) {
	const t = useT();
	const [shown, setShown] = useState(false);
	if (shown)
		return <span className="rounded-chip bg-active px-1">{children}</span>;
	return (
		<button
			type="button"
			onClick={() => setShown(true)}
			className="rounded-chip bg-ink-3 px-1 text-transparent select-none hover:bg-ink-2"
		>
			<span className="sr-only">{t.chat.showSpoiler}</span>
			<span aria-hidden="true" inert>
				{children}
			</span>
		</button>
	);
}
