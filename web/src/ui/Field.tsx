import type { ComponentProps, ReactNode } from "react";
import { FieldFrame, type FrameProps, inputClass } from "./FieldFrame.tsx";

type FieldProps = Omit<ComponentProps<"input">, "id"> &
	Pick<FrameProps, "label" | "hint" | "error" | "optional"> & {
		/** A control at the end of the input, such as *show password*. */
		trailing?: ReactNode;
	};

export function Field({
	label,
	hint,
	error,
	optional,
	trailing,
	className = "",
	...input
}: FieldProps) {
	return (
		<FieldFrame label={label} hint={hint} error={error} optional={optional}>
			{(ids) => (
				<div className="relative">
					<input
						{...input}
						{...ids}
						className={`${inputClass} h-10 coarse:h-11 ${trailing ? "pe-11" : ""} ${className}`}
					/>
					{trailing ? (
						<div className="absolute inset-y-0 end-1 flex items-center">
							{trailing}
						</div>
					) : null}
				</div>
			)}
		</FieldFrame>
	);
}

type TextAreaProps = Omit<ComponentProps<"textarea">, "id"> &
	Pick<FrameProps, "label" | "hint" | "error" | "optional">;

export function TextArea({
	label,
	hint,
	error,
	optional,
	...area
}: TextAreaProps) {
	return (
		<FieldFrame label={label} hint={hint} error={error} optional={optional}>
			{(ids) => (
				<textarea
					rows={3}
					{...area}
					{...ids}
					className={`${inputClass} py-2`}
				/>
			)}
		</FieldFrame>
	);
}
