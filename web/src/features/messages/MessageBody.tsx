import type { ReactNode } from "react";
import { Markdown } from "./markdown/Markdown.tsx";

/** The words of a message, in the reader's size. */
export function MessageBody({
	id,
	text,
	children,
	dim = false,
}: {
	id: string;
	text: string;
	/** What follows the words: the mark of an edit. */
	children?: ReactNode;
	dim?: boolean;
}) {
	return (
		<div
			id={id}
			dir="auto"
			className={`text-body font-normal whitespace-pre-wrap wrap-anywhere [&>p:has(+:not(p))]:inline-block [&>p+p]:mt-2 ${
				dim ? "text-ink-2" : "text-ink-1"
			}`}
		>
			<Markdown text={text} />
			{children}
		</div>
	);
}
