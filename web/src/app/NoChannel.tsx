import { useRef } from "react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { Redirect } from "@/lib/router.tsx";
import { useChannels, useStore } from "@/stores/index.ts";
import { Owl } from "@/ui/art/scenes.tsx";
import { Empty } from "@/ui/Empty.tsx";
import { useLanding } from "@/ui/heldKeys.ts";
import { lastChannelOf } from "./lastPlace.ts";
import { NotLoaded } from "./NotLoaded.tsx";

/** A server without a chosen channel leads to the last one read, else to the first. */
export function NoChannel({ serverId }: { serverId: Id }) {
	const t = useT();
	const channels = useChannels(serverId);
	const isKnown = useStore(
		(state) => state.channels.byServer[serverId] !== undefined,
	);
	const isSettled = useStore((state) => state.connection.status === "live");
	const page = useRef<HTMLElement>(null);
	useLanding(page);
	const last = lastChannelOf(serverId);
	const next = channels.find(({ id }) => id === last) ?? channels[0];
	if (next) return <Redirect to={paths.channel(serverId, next.id)} />;
	if (!isKnown && isSettled) return <NotLoaded />;
	return (
		<main
			ref={page}
			id="main"
			tabIndex={-1}
			className="scroll-thin flex min-h-0 grow overflow-y-auto outline-none"
			aria-busy={!isKnown}
		>
			{isKnown ? (
				<Empty
					art={<Owl />}
					text={t.channels.none}
					hint={t.channels.noneHint}
				/>
			) : null}
		</main>
	);
}
