import {
	type RefObject,
	useEffect,
	useLayoutEffect,
	useRef,
	useState,
} from "react";
import type { Id } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { useCanInChannel } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";

/** Longer than it takes from one key to the next. */
const PAUSE_MS = 1000;

/**
 * Whether nothing can be written in a channel: while I may not, and on until whoever has gone on typing
 * pauses, for half a word is not what they mean to say.
 */
export function useIsClosed(channelId: Id): boolean {
	const t = useT();
	const isRefused = useCanInChannel(channelId, "sendMessages") === false;
	const [isTyping, setTyping] = useState(false);
	const isClosed = isRefused || isTyping;
	useEffect(() => {
		if (!isClosed) return;
		let pause: ReturnType<typeof setTimeout> | undefined;
		const onKey = () => {
			clearTimeout(pause);
			pause = setTimeout(setTyping, PAUSE_MS, false);
			setTyping(true);
		};
		window.addEventListener("keydown", onKey, true);
		return () => {
			clearTimeout(pause);
			window.removeEventListener("keydown", onKey, true);
		};
	}, [isClosed]);

	const wasClosed = useRef(isClosed);
	useEffect(() => {
		if (wasClosed.current && !isClosed) announce(t.chat.writeAgain);
		wasClosed.current = isClosed;
	}, [isClosed, t]);
	return isClosed;
}

/** A button that goes off under the focus takes no keys any more: the words beside it have it then. */
export function useFocusOffButton(
	isOff: boolean,
	words: RefObject<HTMLElement | null>,
): void {
	useLayoutEffect(() => {
		const field = words.current;
		const button = field?.parentElement?.querySelector("button:disabled");
		if (isOff && button && button === document.activeElement)
			field?.focus({ preventScroll: true });
	}, [isOff, words]);
}
