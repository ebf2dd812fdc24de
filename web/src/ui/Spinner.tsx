/** A small turning ring; it breathes where nothing may move. It only decorates: the part that waits says so by `aria-busy`. */
export function Spinner({ size = 14 }: { size?: number }) {
	return (
		<svg
			aria-hidden="true"
			className="animate-spin calm:animate-shimmer"
			width={size}
			height={size}
			viewBox="0 0 16 16"
			fill="none"
			stroke="currentColor"
			strokeWidth="2"
			strokeLinecap="round"
		>
			<circle cx="8" cy="8" r="6.5" opacity="0.25" />
			<path d="M8 1.5a6.5 6.5 0 0 1 6.5 6.5" />
		</svg>
	);
}
