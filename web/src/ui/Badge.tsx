import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";

const badge = cva(
	"inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-pill px-1.5 text-small tabular",
	{
		variants: {
			tone: {
				forMe: "bg-marigold text-on-marigold",
				neutral: "bg-active text-ink-2",
				leaf: "bg-leaf-solid text-on-leaf",
			},
		},
		defaultVariants: { tone: "neutral" },
	},
);

export function Badge({
	tone,
	children,
}: VariantProps<typeof badge> & { children: ReactNode }) {
	return <span className={badge({ tone })}>{children}</span>;
}
