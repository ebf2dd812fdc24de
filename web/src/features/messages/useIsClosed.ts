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

/** Where one writes, or would: a letter that nothing has the focus for begins to. */
const PLACES = "body, #composer, [data-edit] textarea";

/** Keys beside letters that write, or take back; the last three are letters of an input method. */
const WRITING_KEYS: ReadonlySet<string> = new Set([
	"Enter",
	"Backspace",
	"Delete",
	"Dead",
	"Process",
	"Unidentified",
]);

/**
 * Whether nothing can be written in a channel: while I may not, and on until whoever has gone on typing
 * pauses, for half a word is not what they mean to say.
 */
export function useIsClosed(channelId: Id): boolean {
	const isRefused = useCanInChannel(channelId, "sendMessages") === false;
	const [isTyping, setTyping] = useState(false);
	const isClosed = isRefused || isTyping;
	useEffect(() => {
		if (!isClosed) return;
		let pause: ReturnType<typeof setTimeout> | undefined;
		const onKey = (event: KeyboardEvent) => {
			if (!isWriting(event)) return;
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
	return isClosed;
}

/** Says that one can write again; for one of the boxes, which are open and closed together. */
export function useSpokenOpening(isClosed: boolean): void {
	const t = useT();
	const wasClosed = useRef(isClosed);
	useEffect(() => {
		if (wasClosed.current && !isClosed) announce(t.chat.writeAgain);
		wasClosed.current = isClosed;
	}, [isClosed, t]);
}

function isWriting({ key, target }: KeyboardEvent): boolean {
	const isIn = target instanceof Element && target.matches(PLACES);
	return isIn && ([...key].length === 1 || WRITING_KEYS.has(key));
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
