import type { RefCallback } from "react";
import { useT } from "@/i18n/index.ts";
import { Button } from "@/ui/Button.tsx";
import { ReadOnly } from "./ReadOnly.tsx";
import { useFocusHeir } from "./useFocusHeir.ts";

type Props = {
	/** By which the box is described. */
	id: string;
	isClosed: boolean;
	/** Stands in the place of the box, in which there is nothing. */
	place?: RefCallback<HTMLElement> | undefined;
	onDiscard: () => void;
};

/**
 * Why nothing can be written to a channel, and the way to let go of what was. Its region is always
 * there, so that it is said when it comes.
 */
export function ClosedLine({ id, isClosed, place, onDiscard }: Props) {
	const t = useT();
	const button = useFocusHeir("form", "#composer");
	const hasWords = place === undefined;
	return (
		<div className="flex flex-wrap items-center">
			{/* Out of the flow while it is empty, and not hidden: those who listen know of it before. */}
			<div
				id={id}
				role="status"
				className={`empty:absolute ${place ? "grow" : ""}`}
			>
				{isClosed ? <ReadOnly hasWords={hasWords} place={place} /> : null}
			</div>
			{isClosed && hasWords ? (
				<Button
					ref={button}
					look="link"
					className="text-small!"
					onClick={onDiscard}
				>
					{t.chat.discard}
				</Button>
			) : null}
		</div>
	);
}
