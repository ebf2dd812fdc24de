import type { ReactNode } from "react";

export type PresenceStatus = "online" | "idle" | "dnd" | "offline";

const shapes: Record<PresenceStatus, { colour: string; shape: ReactNode }> = {
	online: {
		colour: "text-leaf",
		shape: <circle cx="6" cy="6" r="5" fill="currentColor" />,
	},
	idle: {
		colour: "text-warn",
		shape: (
			<path
				d="M8.8 9.9A5 5 0 1 1 5.2 1.1 4.2 4.2 0 0 0 8.8 9.9Z"
				fill="currentColor"
			/>
		),
	},
	dnd: {
		colour: "text-danger",
		shape: (
			<>
				<circle cx="6" cy="6" r="5" fill="currentColor" />
				<path
					d="M3.5 6h5"
					stroke="var(--bg-side)"
					strokeWidth="1.8"
					strokeLinecap="round"
				/>
			</>
		),
	},
	offline: {
		colour: "text-ink-3",
		shape: (
			<circle
				cx="6"
				cy="6"
				r="3.9"
				fill="none"
				stroke="currentColor"
				strokeWidth="2.2"
			/>
		),
	},
};

/** Presence told by shape and colour together: disc, crescent, barred disc, ring. */
export function PresenceMark({
	status,
	size,
	inline = false,
}: {
	status: PresenceStatus;
	size: number;
	inline?: boolean;
}) {
	const { colour, shape } = shapes[status];
	return (
		<svg
			aria-hidden="true"
			width={size}
			height={size}
			viewBox="0 0 12 12"
			className={`${colour} ${
				inline
					? "shrink-0"
					: "absolute -end-0.5 -bottom-0.5 box-content rounded-pill border-2 border-side bg-side"
			}`}
		>
			{shape}
		</svg>
	);
}
