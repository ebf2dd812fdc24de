import { useState } from "react";
import { useT } from "@/i18n/index.ts";
import { useConnection } from "@/stores/index.ts";
import { Mark } from "@/ui/art/Mark.tsx";
import { useDelayed } from "@/ui/useDelayed.ts";

/** Patience before one says that something is wrong. */
const PATIENCE_MS = 4000;

/** As long as the mark of `index.html` holds back, for who need not wait. */
const SPLASH_MS = 200;

/** Before the first answer of the hub: nothing at first, then the mark, then what is the matter. */
export function Unreachable() {
	const t = useT();
	const connection = useConnection();
	// The mark of the page itself stands there by then: it goes on where it was.
	const [isSplashed] = useState(() => performance.now() > SPLASH_MS);
	const isSlow = useDelayed(true, SPLASH_MS);
	const isLate = useDelayed(true, PATIENCE_MS);
	const isLost = isLate || connection.status === "reconnecting";
	return (
		<main className="h-dvh bg-chat [--surface:var(--bg-chat)]" aria-busy="true">
			{isSlow || isSplashed ? (
				<div className="fixed inset-0 m-auto size-14">
					<Mark size={56} />
				</div>
			) : null}
			{isSlow ? (
				<div className="fixed inset-x-0 top-1/2 grid animate-fade justify-items-center gap-3 p-6 pt-10 text-center">
					<h1 className="text-head">
						{isLost ? t.auth.unreachable : t.auth.opening}
					</h1>
					{isLost ? (
						<p className="max-w-90 text-ui font-normal text-ink-2">
							{t.auth.unreachableHint}
						</p>
					) : null}
				</div>
			) : null}
		</main>
	);
}
