/** The empty place into which what is dragged would fall. */
export function DragSlot({
	top,
	className,
}: {
	top: number | undefined;
	className: string;
}) {
	if (top === undefined) return null;
	return (
		<li
			aria-hidden="true"
			className={`pointer-events-none absolute border border-dashed border-leaf ${className}`}
			style={{ top }}
		/>
	);
}
