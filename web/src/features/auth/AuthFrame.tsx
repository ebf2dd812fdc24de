import { type ReactNode, Suspense, useEffect } from "react";
import { useT } from "@/i18n/index.ts";
import { lazyPart } from "@/lib/lazyPart.ts";
import { useStore } from "@/stores/index.ts";
import { Mark } from "@/ui/art/Mark.tsx";
import { Boundary } from "@/ui/Boundary.tsx";
import { LanguageLinks } from "./LanguageLinks.tsx";

// The picture is not what anyone waits for.
const Banyan = lazyPart(() => import("@/ui/art/Banyan.tsx"));

type Props = { title: string; lead?: ReactNode; children: ReactNode };

/** The card of every page before the hub itself, with the banyan beside it on wide screens. */
export function AuthFrame({ title, lead, children }: Props) {
	const t = useT();
	const hub = useStore((state) => state.hub?.name ?? t.common.appName);
	useEffect(() => {
		document.title = hub;
	}, [hub]);
	return (
		<div className="scroll-thin grid h-dvh overflow-y-auto bg-side [--surface:var(--bg-side)] laptop:grid-cols-2">
			<aside
				aria-hidden="true"
				className="hidden place-items-center border-e border-line bg-rail p-12 [--surface:var(--bg-rail)] laptop:grid"
			>
				<Boundary fallback={() => null}>
					<Suspense>
						<Banyan width={460} />
					</Suspense>
				</Boundary>
			</aside>
			<main className="flex flex-col items-center justify-center gap-4 px-4 py-6">
				<div className="w-full max-w-100">
					<p className="mb-3 flex items-center gap-2.5 text-head text-ink-2">
						<Mark size={30} />
						<span dir="auto" className="truncate">
							{hub}
						</span>
					</p>
					<div className="grid gap-4 rounded-card border border-line bg-raised p-6 [--surface:var(--bg-raised)] tablet:px-8">
						<header className="grid gap-1">
							<h1 tabIndex={-1} className="text-title">
								{title}
							</h1>
							{lead ? (
								<div className="text-ui font-normal text-ink-2">{lead}</div>
							) : null}
						</header>
						{children}
					</div>
				</div>
				<LanguageLinks />
			</main>
		</div>
	);
}
