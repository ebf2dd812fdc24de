import { useEffect, useRef } from "react";
import { useT } from "@/i18n/index.ts";
import { useMe } from "@/stores/index.ts";
import Banyan from "@/ui/art/Banyan.tsx";
import { useLanding } from "@/ui/heldKeys.ts";
import { AddServerForms } from "./AddServerForms.tsx";

/** What someone sees who is in no server yet. */
export default function FirstSteps() {
	const t = useT();
	const me = useMe();
	const heading = useRef<HTMLHeadingElement>(null);
	useLanding(heading);
	// Whoever has just lost their last server has lost what had the focus as well.
	useEffect(() => {
		if (document.activeElement === document.body) heading.current?.focus();
	}, []);
	return (
		<main
			id="main"
			className="scroll-thin grow overflow-y-auto [--surface:var(--bg-chat)] [container-type:size]"
		>
			<div className="mx-auto grid min-h-full max-w-180 content-center justify-items-center gap-6 px-4 py-8 max-tablet:gap-4 max-tablet:py-4">
				{/* Both ways into a server come before the picture: on a phone, and where there is little room. */}
				<div className="w-60 max-tablet:w-20 [@container_(max-height:38rem)]:hidden">
					<Banyan width={240} />
				</div>
				<header className="text-center">
					<h1 ref={heading} tabIndex={-1} className="text-title outline-none">
						{t.servers.firstTitle(me?.display_name ?? "")}
					</h1>
					<p className="text-ui font-normal text-ink-2">
						{t.servers.firstLead}
					</p>
				</header>
				<div className="w-full">
					<AddServerForms onDone={() => {}} />
				</div>
			</div>
		</main>
	);
}
