/** A box in the place of content that is on its way. Shows only after 120 ms. */
export function Skeleton({ className = "" }: { className?: string }) {
	return (
		<span
			aria-hidden="true"
			className={`block animate-late rounded-chip ${className}`}
		>
			<span className="block size-full animate-shimmer rounded-[inherit] bg-active calm:animate-none" />
		</span>
	);
}
