import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { Spinner } from "./Spinner";
import { useDelayed } from "./useDelayed";

/** The looks of a button; a link that leads on wears them, too. */
export const buttonClass = cva(
	"inline-flex shrink-0 items-center justify-center gap-2 rounded-control text-ui font-medium whitespace-nowrap select-none transition-colors duration-(--time-fast) disabled:opacity-55 aria-busy:cursor-progress coarse:min-h-11",
	{
		variants: {
			look: {
				primary:
					"bg-leaf-solid text-on-leaf hover:not-disabled:bg-[color-mix(in_srgb,var(--leaf-solid)_88%,var(--text-1))]",
				neutral:
					"bg-active text-ink-1 hover:not-disabled:bg-[color-mix(in_srgb,var(--bg-active)_88%,var(--text-1))]",
				quiet:
					"text-ink-2 hover:not-disabled:bg-press hover:not-disabled:text-ink-1",
				danger:
					"bg-danger-solid text-on-danger hover:not-disabled:bg-[color-mix(in_srgb,var(--danger-solid)_88%,black)]",
				link: "h-auto! min-h-6! px-0! text-link underline-offset-2 hover:underline",
			},
			size: {
				normal: "h-8 px-3",
				dialog: "h-9 px-4",
				wide: "h-10 w-full px-4",
			},
		},
		defaultVariants: { look: "neutral", size: "normal" },
	},
);

export type ButtonLook = NonNullable<VariantProps<typeof buttonClass>["look"]>;

type Props = ComponentProps<"button"> &
	VariantProps<typeof buttonClass> & {
		/** Work is under way: the width stays, presses are ignored, a spinner follows after 300 ms. */
		busy?: boolean;
	};

export function Button({
	look,
	size,
	busy = false,
	className,
	children,
	onClick,
	...rest
}: Props) {
	const spin = useDelayed(busy, 300);
	const classes = buttonClass({ look, size, className });
	return (
		<button
			type="button"
			className={classes}
			aria-busy={busy || undefined}
			onClick={busy ? (event) => event.preventDefault() : onClick}
			{...rest}
		>
			{spin ? (
				<span className="grid">
					<span className="col-start-1 row-start-1 opacity-0">{children}</span>
					<span className="col-start-1 row-start-1 place-self-center">
						<Spinner />
					</span>
				</span>
			) : (
				children
			)}
		</button>
	);
}
