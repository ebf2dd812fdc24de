import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode } from "react";
import { tip } from "./Tooltip.tsx";

const iconButton = cva(
	"inline-flex shrink-0 items-center justify-center rounded-control transition-colors duration-(--time-fast) disabled:opacity-50 coarse:size-11 aria-pressed:text-leaf aria-expanded:text-ink-1",
	{
		variants: {
			look: {
				quiet:
					"text-ink-2 hover:not-disabled:bg-press hover:not-disabled:text-ink-1",
				danger:
					"text-ink-2 hover:not-disabled:bg-danger-tint hover:not-disabled:text-danger",
				primary: "bg-leaf-solid text-on-leaf",
			},
			size: { small: "size-7", normal: "size-8" },
		},
		defaultVariants: { look: "quiet", size: "normal" },
	},
);

type Props = Omit<ComponentProps<"button">, "aria-label" | "title"> &
	VariantProps<typeof iconButton> & {
		/** What it does; read aloud and shown as the tooltip. */
		label: string;
		shortcut?: string;
		tooltipSide?: "top" | "right" | "bottom" | "left";
		children: ReactNode;
	};

/** A button that shows only a picture, and therefore must have a name. */
export function IconButton({
	label,
	shortcut,
	tooltipSide = "top",
	look,
	size,
	className,
	...rest
}: Props) {
	return (
		<button
			type="button"
			aria-label={label}
			{...tip(label, shortcut, tooltipSide)}
			className={iconButton({ look, size, className })}
			{...rest}
		/>
	);
}
