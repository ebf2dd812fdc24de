import { CircleCheck, CloudOff, Database, RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { type Catalog, useT } from "@/i18n/index.ts";
import {
	type Connection,
	type Trouble,
	tryNow,
	useConnection,
	useStore,
	useWaitingCount,
} from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { Button } from "@/ui/Button.tsx";

/** Gaps shorter than this are nobody's business. */
const QUIET_MS = 2000;
const CAUGHT_UP_MS = 1500;

type Shown = "nothing" | "trouble" | "back";

/** What the connection does, when it does not simply work. It lies over the list and moves nothing. */
export function ConnectionBar() {
	const t = useT();
	const connection = useConnection();
	const waiting = useWaitingCount();
	const trouble = useStore((state) => state.trouble);
	const shown = useShown(connection);
	const isWaiting =
		connection.status === "reconnecting" || connection.status === "refused";
	const seconds = useSecondsUntil(isWaiting ? connection.retryAt : 0);
	// Without network nobody can tell how the hub is.
	if (trouble && connection.status !== "offline")
		return <TroubleBar trouble={trouble} />;
	if (shown === "nothing") return null;
	if (shown === "back")
		return (
			<Bar
				icon={
					<CircleCheck aria-hidden="true" size={14} className="text-leaf" />
				}
			>
				{t.connection.caughtUp}
			</Bar>
		);
	const isOff = connection.status === "offline";
	return (
		<Bar
			icon={
				isOff ? (
					<CloudOff aria-hidden="true" size={14} className="text-warn" />
				) : (
					<RefreshCw aria-hidden="true" size={14} className="text-info" />
				)
			}
			action={
				isWaiting ? (
					<Button look="link" className="h-6! text-small!" onClick={tryNow}>
						{t.connection.tryNow}
					</Button>
				) : null
			}
		>
			{barText(t, connection, seconds, waiting)}
		</Bar>
	);
}

/** The hub is there and can store nothing: what is the matter, and that nothing is lost over it. */
function TroubleBar({ trouble }: { trouble: Trouble }) {
	const t = useT();
	const text = t.connection[trouble];
	useEffect(() => announce(text), [text]);
	return (
		<Bar icon={<Database aria-hidden="true" size={14} className="text-warn" />}>
			{text}
		</Bar>
	);
}

function Bar({
	icon,
	action,
	children,
}: {
	icon: ReactNode;
	action?: ReactNode;
	children: ReactNode;
}) {
	return (
		<div
			data-connection
			className="absolute inset-x-0 top-0 z-20 flex min-h-7 animate-fade items-center justify-center gap-2 border-b border-line bg-raised px-3 py-1 text-small text-ink-2 tabular"
		>
			<span className="shrink-0">{icon}</span>
			<span className="min-w-0 text-balance">{children}</span>
			{action}
		</div>
	);
}

function barText(
	t: Catalog,
	connection: Connection,
	seconds: number,
	waiting: number,
): string {
	if (connection.status === "offline")
		return waiting > 0
			? t.connection.offlineWaiting(waiting)
			: t.connection.offline;
	if (connection.status === "refused") return t.connection.tooMany(seconds);
	if (connection.status === "syncing") return t.connection.syncing;
	return seconds > 0
		? t.connection.reconnectingIn(seconds)
		: t.connection.reconnecting;
}

/** Trouble shows after two seconds of it; its end for a moment, and only if it had shown. */
function useShown(connection: Connection): Shown {
	const t = useT();
	const [shown, setShown] = useState<Shown>("nothing");
	const isLive = connection.status === "live";
	const delay = connection.status === "offline" ? 0 : QUIET_MS;
	useEffect(() => {
		if (isLive) {
			setShown((before) => (before === "trouble" ? "back" : "nothing"));
			return;
		}
		const timer = setTimeout(() => setShown("trouble"), delay);
		return () => clearTimeout(timer);
	}, [isLive, delay]);
	useEffect(() => {
		if (shown === "back") announce(t.connection.caughtUp);
		if (shown === "trouble") announce(t.connection.reconnecting);
		if (shown !== "back") return;
		const timer = setTimeout(() => setShown("nothing"), CAUGHT_UP_MS);
		return () => clearTimeout(timer);
	}, [shown, t]);
	return shown;
}

function useSecondsUntil(at: number): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		if (at === 0) return;
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, [at]);
	return Math.max(0, Math.ceil((at - now) / 1000));
}
