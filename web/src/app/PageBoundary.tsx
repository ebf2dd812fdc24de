import type { ReactNode } from "react";
import { useT } from "@/i18n/index.ts";
import { reloadIfStale } from "@/lib/staleCode.ts";
import { Mark } from "@/ui/art/Mark.tsx";
import { Boundary } from "@/ui/Boundary.tsx";
import { Button } from "@/ui/Button.tsx";
import { useDelayed } from "@/ui/useDelayed.ts";

type Props = {
	/** Another value is another page: the fault of the one before is forgotten. */
	resetKey: string;
	children: ReactNode;
};

/** The last net: a page whose code does not come, or that fails as a whole, is said to. */
export function PageBoundary({ resetKey, children }: Props) {
	return (
		<Boundary
			resetKey={resetKey}
			onFault={reloadIfStale}
			fallback={(technical, retry) => (
				<Failed technical={technical} onRetry={retry} />
			)}
		>
			{children}
		</Boundary>
	);
}

/** Time in which the silent reload of a stale page has come, if it comes (`lib/staleCode`). */
const SILENT_MS = 400;

function Failed({
	technical,
	onRetry,
}: {
	technical: string;
	onRetry: () => void;
}) {
	const t = useT();
	if (!useDelayed(true, SILENT_MS)) return null;
	return (
		<main className="grid h-dvh place-items-center bg-side [--surface:var(--bg-side)]">
			<div
				role="alert"
				className="grid max-w-100 animate-fade justify-items-center gap-3 p-6 text-center"
			>
				<Mark size={56} />
				<h1 className="text-head">{t.ui.pageFailed}</h1>
				<p className="text-ui font-normal text-ink-2">{t.ui.pageSafe}</p>
				<Button look="primary" onClick={onRetry}>
					{t.ui.retry}
				</Button>
				<code className="max-w-full font-mono text-small wrap-anywhere text-ink-3 select-all">
					{technical}
				</code>
			</div>
		</main>
	);
}
