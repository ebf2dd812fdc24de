import { useT } from "@/i18n";
import { Pot } from "./art/scenes";
import { Button } from "./Button";

type Props = {
	/** What failed. */
	what: string;
	/** What is safe. */
	safe?: string | undefined;
	/** Something a developer can search for. */
	technical?: string | undefined;
	retryLabel?: string;
	onRetry: () => void;
};

/** A part that failed: what, what is safe, how to try again, and an id to quote. */
export function ErrorState({
	what,
	safe,
	technical,
	retryLabel,
	onRetry,
}: Props) {
	const t = useT();
	return (
		<div
			role="alert"
			className="m-auto grid max-w-100 justify-items-center gap-3 p-6 text-center"
		>
			<Pot />
			<p className="text-head">{what}</p>
			{safe ? <p className="text-ui font-normal text-ink-2">{safe}</p> : null}
			<Button look="primary" onClick={onRetry}>
				{retryLabel ?? t.ui.retry}
			</Button>
			{technical ? (
				<code className="max-w-full rounded-chip bg-side px-2 py-1 font-mono text-small wrap-anywhere text-ink-3 select-all">
					{technical}
				</code>
			) : null}
		</div>
	);
}
