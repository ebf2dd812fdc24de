import { type Catalog, useT } from "@/i18n/index.ts";
import { isUserNoted } from "@/lib/lastUser.ts";
import { type Trouble, useConnection, useStore } from "@/stores/index.ts";
import { Mark } from "@/ui/art/Mark.tsx";
import { useDelayed } from "@/ui/useDelayed.ts";

/** Patience before one says that something is wrong. */
const PATIENCE_MS = 4000;

/** Before the first answer of the hub: the mark where `index.html` has it, then what is the matter. */
export function Unreachable() {
	const t = useT();
	const connection = useConnection();
	const trouble = useStore((state) => state.trouble);
	const isTroubled = trouble !== null;
	const isSlow = useDelayed(true, 200);
	const isLate = useDelayed(true, PATIENCE_MS);
	const isLost = isLate || isTroubled || connection.status === "reconnecting";
	return (
		<main className="h-dvh bg-chat [--surface:var(--bg-chat)]" aria-busy="true">
			<div className="fixed inset-0 m-auto size-14">
				<Mark size={56} />
			</div>
			{isSlow ? (
				<div className="fixed inset-x-0 top-1/2 grid animate-fade justify-items-center gap-3 p-6 pt-10 text-center">
					<h1 className="text-head">
						{isTroubled
							? t.auth.troubled
							: isLost
								? t.auth.unreachable
								: t.auth.opening}
					</h1>
					{isLost ? (
						<p className="max-w-90 text-ui font-normal text-ink-2">
							{trouble ? troubledHint(t, trouble) : t.auth.unreachableHint}
						</p>
					) : null}
				</div>
			) : null}
		</main>
	);
}

/** Who is new here has written nothing that could be lost. */
function troubledHint(t: Catalog, trouble: Trouble): string {
	return isUserNoted() ? t.auth.troubledHint : t.auth.troubledStranger[trouble];
}
