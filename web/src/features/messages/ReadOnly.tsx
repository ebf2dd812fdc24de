import { cva } from "class-variance-authority";
import { Lock } from "lucide-react";
import type { RefCallback } from "react";
import { useT } from "@/i18n/index.ts";

const line = cva("flex gap-2 font-normal text-ink-2", {
	variants: {
		look: {
			alone:
				"min-h-12 items-center rounded-card border border-line bg-raised px-4 text-ui focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-leaf",
			below: "px-2 py-1 text-small",
		},
	},
});

type Props = {
	/** By which a field is described. */
	id?: string;
	/** Something was written, and stays. */
	hasWords: boolean;
	/** Stands alone, in the place of a box with nothing in it; else below what is written. */
	place?: RefCallback<HTMLElement> | undefined;
};

/** Why nothing can be written. */
export function ReadOnly({ id, hasWords, place }: Props) {
	const t = useT();
	const look = place ? "alone" : "below";
	return (
		<p
			ref={place}
			id={place ? "composer" : id}
			tabIndex={place && -1}
			className={line({ look })}
		>
			<Lock aria-hidden="true" size={16} className="shrink-0 text-ink-3" />
			<span>
				{t.chat.readOnly} {hasWords ? t.chat.wordsKept : null}
			</span>
		</p>
	);
}
