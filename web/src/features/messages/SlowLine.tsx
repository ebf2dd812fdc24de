import { useEffect, useState } from "react";
import type { Id } from "@/api/types.ts";
import { t as texts, useT } from "@/i18n/index.ts";
import { useStore } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";

/** A shorter wait is over before one has read about it. */
const WORTH_SAYING_MS = 1500;

/** When the hub asks for patience: that what was written goes on by itself, and when. */
export function SlowLine({ channelId }: { channelId: Id }) {
	const t = useT();
	const until = useStore((state) => {
		const first = state.outbox[channelId]?.[0]?.state;
		return first?.status === "queued" ? first.until : undefined;
	});
	const seconds = useSecondsUntil(until);
	if (seconds === 0) return null;
	return <p className="text-small text-warn tabular">{t.chat.slow(seconds)}</p>;
}

/** Counted down on the screen, said once to those who listen. */
function useSecondsUntil(until: number | undefined): number {
	const [seconds, setSeconds] = useState(0);
	useEffect(() => {
		if (until === undefined || until - Date.now() < WORTH_SAYING_MS) return;
		const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1000));
		setSeconds(left());
		announce(texts().chat.slow(left()));
		const timer = setInterval(() => setSeconds(left()), 250);
		return () => {
			clearInterval(timer);
			setSeconds(0);
		};
	}, [until]);
	return seconds;
}
