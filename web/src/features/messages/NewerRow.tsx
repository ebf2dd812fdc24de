import { useCallback, useState } from "react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { retryNewer } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { SkeletonRows } from "./otherRows.tsx";

type Props = { channelId: Id; isFailed: boolean };

/** What stands for newer messages: they are on their way, or could not be loaded. */
export function NewerRow({ channelId, isFailed }: Props) {
	const t = useT();
	const [isBusy, setBusy] = useState(false);
	// The list has the focus when the button goes with it.
	const handOn = useCallback(
		(button: HTMLElement | null) => () => {
			if (button !== null && button === document.activeElement)
				button.closest<HTMLElement>("ol")?.focus({ preventScroll: true });
		},
		[],
	);
	if (!isFailed) return <SkeletonRows label={t.chat.loadingNewer} />;
	const retry = async () => {
		setBusy(true);
		// What fails again leaves the row as it is.
		await retryNewer(channelId).catch(() => {});
		setBusy(false);
	};
	return (
		<div
			role="status"
			className="flex flex-wrap items-center gap-x-3 px-4 pt-3 text-small text-ink-2"
		>
			<p>{t.chat.newerNotLoaded}</p>
			<Button
				ref={handOn}
				look="link"
				className="text-small!"
				busy={isBusy}
				onClick={() => void retry()}
			>
				{t.chat.retry}
			</Button>
		</div>
	);
}
