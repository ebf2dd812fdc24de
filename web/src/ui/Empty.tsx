import type { ReactNode } from "react";

type Props = {
	art: ReactNode;
	/** One sentence. */
	text: string;
	hint?: string;
	/** One action. */
	action?: ReactNode;
};

/** A place with nothing in it yet. */
export function Empty({ art, text, hint, action }: Props) {
	return (
		<div className="m-auto grid max-w-100 justify-items-center gap-3 p-6 text-center">
			{art}
			<p className="text-head">{text}</p>
			{hint ? <p className="text-ui font-normal text-ink-2">{hint}</p> : null}
			{action ? <div className="mt-2">{action}</div> : null}
		</div>
	);
}
