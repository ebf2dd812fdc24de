import { useT } from "@/i18n/index.ts";
import { useConnection } from "@/stores/index.ts";
import { Mark } from "@/ui/art/Mark.tsx";
import { useDelayed } from "@/ui/useDelayed.ts";

/** Patience before one says that something is wrong. */
const PATIENCE_MS = 4000;

/** Before the first answer of the hub: nothing at first, then the mark, then what is the matter. */
export function Unreachable() {
	const t = useT();
	const connection = useConnection();
	const isSlow = useDelayed(true, 200);
	const isLate = useDelayed(true, PATIENCE_MS);
	const isLost = isLate || connection.status === "reconnecting";
	return (
		<main className="grid h-dvh place-items-center bg-side" aria-busy="true">
			{isSlow ? (
				<div className="grid max-w-90 animate-fade justify-items-center gap-3 p-6 text-center">
					<Mark size={56} />
					<h1 className="text-head">
						{isLost ? t.auth.unreachable : t.auth.opening}
					</h1>
					{isLost ? (
						<p className="text-ui font-normal text-ink-2">
							{t.auth.unreachableHint}
						</p>
					) : null}
				</div>
			) : null}
		</main>
	);
}
