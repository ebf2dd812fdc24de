import { type ReactNode, useId } from "react";

type Props<T extends string> = {
	legend: string;
	value: T;
	options: ReadonlyArray<{
		value: T;
		label: string;
		hint?: string;
		preview?: ReactNode;
	}>;
	onChange: (value: T) => void;
};

/** One of a few, all visible: radio buttons as cards. */
export function Choice<T extends string>({
	legend,
	value,
	options,
	onChange,
}: Props<T>) {
	const name = useId();
	return (
		<fieldset className="grid gap-2">
			<legend className="mb-1.5 text-ui text-ink-1">{legend}</legend>
			<div className="flex flex-wrap gap-2">
				{options.map((option) => (
					<label
						key={option.value}
						className="relative flex min-h-11 min-w-28 flex-1 cursor-pointer items-center gap-3 rounded-control border border-line bg-raised px-3 py-2 text-ui text-ink-2 hover:border-line-strong has-checked:border-leaf has-checked:text-ink-1 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-leaf"
					>
						<input
							type="radio"
							name={name}
							value={option.value}
							checked={option.value === value}
							onChange={() => onChange(option.value)}
							className="size-4 shrink-0 accent-(--leaf-solid) outline-none"
						/>
						<span>
							{option.label}
							{option.hint ? (
								<span className="block text-small text-ink-3">
									{option.hint}
								</span>
							) : null}
						</span>
						{option.preview}
					</label>
				))}
			</div>
		</fieldset>
	);
}
