import { useT } from "@/i18n/index.ts";
import { Owl } from "@/ui/art/scenes.tsx";
import { Empty } from "@/ui/Empty.tsx";

/** Stands for a server that the hub goes on without; its list of channels has the way to try again. */
export function NotLoaded() {
	const t = useT();
	return (
		<main
			id="main"
			tabIndex={-1}
			className="scroll-thin flex min-h-0 grow overflow-y-auto outline-none"
		>
			<Empty
				art={<Owl />}
				text={t.servers.notLoaded}
				hint={t.servers.notLoadedHint}
			/>
		</main>
	);
}
