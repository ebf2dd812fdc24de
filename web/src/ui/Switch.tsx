import { type ReactNode, useId } from "react";

type Props = {
	label: string;
	hint?: ReactNode;
	checked: boolean;
	onChange: (checked: boolean) => void;
	disabled?: boolean;
};

/** A setting that is on or off and applies at once. */
export function Switch({ label, hint, checked, onChange, disabled }: Props) {
	const id = useId();
	return (
		<div className="flex min-h-11 items-center justify-between gap-4">
			<div>
				<label htmlFor={id} className="text-ui text-ink-1">
					{label}
				</label>
				{hint ? (
					<p id={`${id}-hint`} className="text-small text-ink-3">
						{hint}
					</p>
				) : null}
			</div>
			<button
				id={id}
				type="button"
				role="switch"
				aria-checked={checked}
				aria-describedby={hint ? `${id}-hint` : undefined}
				disabled={disabled}
				onClick={() => onChange(!checked)}
				className="group shrink-0 rounded-pill disabled:opacity-50 coarse:py-2.5"
			>
				<span
					aria-hidden="true"
					className="relative block h-6 w-11 rounded-pill border border-line-strong bg-active transition-colors duration-(--time-fast) group-aria-checked:border-leaf-solid group-aria-checked:bg-leaf-solid"
				>
					<span
						className={`absolute top-0.5 block size-4.5 rounded-pill transition-[inset-inline-start] duration-(--time-fast) ${
							checked ? "start-5.5 bg-on-leaf" : "start-0.5 bg-ink-2"
						}`}
					/>
				</span>
			</button>
		</div>
	);
}
