import type { ComponentProps } from "react";
import { FieldFrame, type FrameProps, inputClass } from "./FieldFrame.tsx";

type SelectProps = Omit<ComponentProps<"select">, "id"> &
	Pick<FrameProps, "label" | "hint" | "error"> & {
		options: ReadonlyArray<{ value: string; label: string }>;
	};

/** The browser's own select: right on every phone, reader and keyboard. */
export function Select({
	label,
	hint,
	error,
	options,
	...select
}: SelectProps) {
	return (
		<FieldFrame label={label} hint={hint} error={error}>
			{(ids) => (
				<select
					{...select}
					{...ids}
					className={`${inputClass} h-10 coarse:h-11`}
				>
					{options.map((option) => (
						<option key={option.value} value={option.value}>
							{option.label}
						</option>
					))}
				</select>
			)}
		</FieldFrame>
	);
}
