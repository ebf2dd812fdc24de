type Props = {
	width: number;
	viewBox: string;
	/** Masses, printed full. */
	solid: string;
	/** Lines beside the masses. */
	line: string;
	/** Lines cut out of the masses; painted in the colour of the surface below. */
	cut: string;
};

/** A print in the manner of the Battala woodcuts: one ink, no shading but lines. Decorative. */
export function Woodcut({ width, viewBox, solid, line, cut }: Props) {
	return (
		<svg
			aria-hidden="true"
			width={width}
			viewBox={viewBox}
			strokeWidth="2"
			strokeLinecap="round"
			strokeLinejoin="round"
			className="h-auto max-w-full text-leaf"
		>
			<path d={solid} fill="currentColor" />
			<path d={line} fill="none" stroke="currentColor" />
			<path d={cut} fill="none" stroke="var(--surface, var(--bg-chat))" />
		</svg>
	);
}
