import { useCallback, useEffect, useRef, useState } from "react";
import { beforeForget, sameAccount } from "@/lib/forget.ts";
import { setDraft, useDraft } from "@/stores/index.ts";
import { lengthOf } from "./Counter.tsx";

/** A pause in typing after which the draft is kept on this device. */
const DRAFT_AFTER_MS = 300;

/** Keeps what is typed as the channel's draft, and shows what another tab typed. */
export function useStoredDraft(
	channelId: string,
	area: { readonly current: HTMLTextAreaElement | null },
	onLength: (length: number) => void,
) {
	const stored = useDraft(channelId);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const saved = useRef<string>(undefined);
	// A box that goes with its account hands over its last words too late: they are not for who comes.
	const [isMine] = useState(sameAccount);
	const keep = useCallback(
		(text: string) => {
			if (isMine()) setDraft(channelId, text);
		},
		[channelId, isMine],
	);

	const saveNow = (text: string) => {
		clearTimeout(timer.current);
		timer.current = undefined;
		if (text === saved.current) return;
		saved.current = text;
		keep(text);
	};

	useEffect(() => {
		const element = area.current;
		if (!element || stored === saved.current || timer.current) return;
		saved.current = stored;
		element.value = stored;
		onLength(lengthOf(stored));
	}, [stored, area, onLength]);

	// The element is gone when the clean-up runs; what it held last is remembered here.
	const latest = useRef("");
	useEffect(
		() => () => {
			if (!timer.current) return;
			clearTimeout(timer.current);
			keep(latest.current);
		},
		[keep],
	);

	// Before the page or the account goes: the timer would come too late, and what stores drafts is
	// there for as long as this takes.
	useEffect(() => {
		const onLeave = () => {
			if (!timer.current) return;
			clearTimeout(timer.current);
			timer.current = undefined;
			saved.current = latest.current;
			keep(latest.current);
		};
		window.addEventListener("pagehide", onLeave, true);
		const stop = beforeForget(onLeave);
		return () => {
			window.removeEventListener("pagehide", onLeave, true);
			stop();
		};
	}, [keep]);

	return {
		isEmpty: stored === "",
		saveNow,
		changed: (text: string) => {
			latest.current = text;
			clearTimeout(timer.current);
			timer.current = setTimeout(() => saveNow(text), DRAFT_AFTER_MS);
		},
	};
}
