import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

/** The looks every text input shares. */
export const inputClass =
	"w-full min-w-0 rounded-control border border-line-strong bg-raised px-3 text-ink-1 transition-colors duration-(--time-fast) hover:not-disabled:border-ink-3 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-danger text-[max(1rem,var(--size-body))] tablet:text-ui";

export type FrameProps = {
	label: string;
	hint?: ReactNode;
	error?: string | undefined;
	optional?: string | undefined;
	children: (ids: {
		id: string;
		"aria-describedby": string | undefined;
		"aria-invalid": true | undefined;
	}) => ReactNode;
};

/**
 * Label above, control, then hint and error, both tied to the control for a screen reader. An error
 * stands in the place of the hint, so that nothing below moves from under the pointer when it comes.
 */
export function FieldFrame({
	label,
	hint,
	error,
	optional,
	children,
}: FrameProps) {
	const id = useId();
	const hintId = hint ? `${id}-hint` : undefined;
	const errorId = error ? `${id}-error` : undefined;
	const describedBy = [errorId, hintId].filter(Boolean).join(" ") || undefined;
	return (
		<div className="grid gap-1.5">
			<label
				htmlFor={id}
				className="flex justify-between gap-2 text-ui text-ink-1"
			>
				{label}
				{optional ? (
					<span className="text-small text-ink-3">{optional}</span>
				) : null}
			</label>
			{children({
				id,
				"aria-describedby": describedBy,
				"aria-invalid": error ? true : undefined,
			})}
			{error ? (
				<p
					id={errorId}
					className="flex items-start gap-1.5 text-small text-danger"
				>
					<CircleAlert
						aria-hidden="true"
						size={14}
						className="mt-px shrink-0"
					/>
					{error}
				</p>
			) : null}
			{hint ? (
				<p id={hintId} className={error ? "sr-only" : "text-small text-ink-3"}>
					{hint}
				</p>
			) : null}
		</div>
	);
}
