import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { Link } from "@/lib/router.tsx";
import { Gate } from "@/ui/art/scenes.tsx";
import { buttonClass } from "@/ui/Button.tsx";

/** The same page for what does not exist and for what is not mine to see. */
export function NotHere() {
	const t = useT();
	return (
		<main
			id="main"
			tabIndex={-1}
			className="scroll-thin flex min-h-0 grow overflow-y-auto outline-none"
		>
			<div className="m-auto grid max-w-100 justify-items-center gap-3 p-6 text-center">
				<Gate />
				<h1 tabIndex={-1} className="text-head outline-none">
					{t.servers.notHereTitle}
				</h1>
				<p className="text-ui font-normal text-ink-2">{t.servers.notHere}</p>
				<Link
					className={buttonClass({ look: "primary" })}
					to={paths.home}
					replace
				>
					{t.servers.toStart}
				</Link>
			</div>
		</main>
	);
}
