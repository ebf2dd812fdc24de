/** The mark: a banyan leaf whose stem is the tail of a speech bubble. */
export function Mark({ size = 28 }: { size?: number }) {
	return (
		<svg
			aria-hidden="true"
			width={size}
			height={size}
			viewBox="0 0 32 32"
			className="text-leaf"
		>
			<path
				fill="currentColor"
				d="M19.5 1.5C21 5 29 8.5 29 17c0 6.6-5 10.5-11.5 10.5-2.7 0-5-.6-6.8-1.7C9.3 28.3 6.5 30.4 3 30.5c2-1.8 3.2-4 3.7-7.4C5.6 21.3 5 19.2 5 17 5 8.8 15.5 8 19.5 1.5Z"
			/>
			<path
				d="M8.3 24.5C12 21.5 17 16 19 8.5M13.3 19.6c3 .9 6 .7 9-.8M16.7 14.6c2.4.4 4.5.1 6.8-1.1M12.9 20c-.9-1.8-1.3-3.5-1.2-5.6"
				fill="none"
				stroke="var(--surface, var(--bg-rail))"
				strokeWidth="1.6"
				strokeLinecap="round"
			/>
		</svg>
	);
}
