import { type ReactNode, useContext, useState } from "react";
import { useT } from "@/i18n/index.ts";
import { IsWithinPressable } from "./pressable.ts";

/**
 * Hidden until pressed; while hidden a screen reader hears only that something is hidden. Within
 * another one, or a link, it hides nothing: what it stands in is pressed as a whole.
 */
export function Spoiler({ children }: { children: ReactNode }) {
	const t = useT();
	const [shown, setShown] = useState(false);
	const isCovered = useContext(IsWithinPressable);
	if (shown || isCovered)
		return <span className="rounded-chip bg-active px-1">{children}</span>;
	return (
		<button
			type="button"
			onClick={() => setShown(true)}
			className="rounded-chip bg-ink-3 px-1 text-transparent select-none hover:bg-ink-2"
		>
			<span className="sr-only">{t.chat.showSpoiler}</span>
			<span aria-hidden="true" inert>
				<IsWithinPressable value={true}>{children}</IsWithinPressable>
			</span>
		</button>
	);
}
