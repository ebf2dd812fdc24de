import type { ReactNode } from "react";
import { reloadIfStale } from "@/lib/staleCode.ts";
import { Boundary } from "./Boundary";
import { ErrorState } from "./ErrorState";

type Props = {
	/** "This part failed" and "Reload part" in the reader's language. */
	text: { failed: string; safe: string; reload: string };
	/** A new value clears the fault: the reader went elsewhere. */
	resetKey?: string | undefined;
	children: ReactNode;
};

/** Keeps a fault inside one pane; the others live on. */
export function PaneBoundary({ text, resetKey, children }: Props) {
	return (
		<Boundary
			resetKey={resetKey}
			onFault={reloadIfStale}
			fallback={(technical, retry) => (
				<ErrorState
					what={text.failed}
					safe={text.safe}
					retryLabel={text.reload}
					technical={technical}
					onRetry={retry}
				/>
			)}
		>
			{children}
		</Boundary>
	);
}
