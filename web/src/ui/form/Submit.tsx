import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useFormat, useT } from "@/i18n/index.ts";
import { Button } from "../Button.tsx";

/** The general fault of a form, read out when it appears. */
export function FormFault({ text }: { text: string | undefined }) {
	return (
		<div role="alert" className="empty:hidden">
			{text ? (
				<p className="flex items-start gap-2 rounded-control bg-danger-tint px-3 py-2 text-ui text-danger">
					<CircleAlert
						aria-hidden="true"
						size={18}
						className="mt-px shrink-0"
					/>
					{text}
				</p>
			) : null}
		</div>
	);
}

type Props = {
	busy: boolean;
	waitSeconds: number;
	size?: "wide" | "dialog" | "normal";
	children: ReactNode;
};

/** A longer wait is told in minutes. */
const SECONDS_MAX = 90;

/** The primary button of a form; during a rate limit it counts down instead. */
export function Submit({ busy, waitSeconds, size = "wide", children }: Props) {
	return (
		<Button
			type="submit"
			look="primary"
			size={size}
			busy={busy}
			disabled={waitSeconds > 0}
		>
			<Waiting seconds={waitSeconds}>{children}</Waiting>
		</Button>
	);
}

/** What a button says, and while it has to wait, for how long. */
export function Waiting({
	seconds,
	children,
}: {
	seconds: number;
	children: ReactNode;
}) {
	const t = useT();
	const format = useFormat();
	if (seconds === 0) return children;
	return seconds > SECONDS_MAX
		? t.ui.retryInMinutes(format.number(Math.ceil(seconds / 60)))
		: t.ui.retryIn(format.number(seconds));
}
