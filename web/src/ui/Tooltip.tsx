import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Keys } from "./Keys";

/** Wraps the app once, so that moving between neighbours shows the next tooltip without delay. */
export function TooltipProvider({ children }: { children: ReactNode }) {
	return (
		<Radix.Provider delayDuration={400} skipDelayDuration={300}>
			{children}
		</Radix.Provider>
	);
}

type Props = {
	text: string;
	shortcut?: string | undefined;
	side?: "top" | "right" | "bottom" | "left";
	children: ReactNode;
};

/** A name shown on hover after 400 ms and on focus at once. Never the only place of a fact. */
export function Tooltip({ text, shortcut, side = "top", children }: Props) {
	return (
		<Radix.Root>
			<Radix.Trigger asChild>{children}</Radix.Trigger>
			<Radix.Portal>
				<Radix.Content
					side={side}
					sideOffset={6}
					collisionPadding={8}
					className="z-50 flex max-w-72 animate-fade items-center gap-2 rounded-control border border-line bg-raised px-2.5 py-1.5 text-small text-ink-1 shadow-overlay"
				>
					{text}
					{shortcut ? <Keys combo={shortcut} /> : null}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}
