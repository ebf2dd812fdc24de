/** What the chat pane remembers by itself: which message is edited, where each channel stood. */
import type { VirtualItem } from "@tanstack/react-virtual";
import { create } from "zustand";
import type { Id } from "@/api/types.ts";
import { onForget } from "@/lib/forget.ts";

type ChatUi = {
	editing: Id | undefined;
	/**
	 * Which wish to edit this is. Null when nobody has asked for it: the box comes with what was
	 * typed before, and takes no focus.
	 */
	asked: number | null;
};

export const useChatUi = create<ChatUi>(() => ({
	editing: undefined,
	asked: null,
}));

let wishes = 0;

export function startEditing(id: Id): void {
	wishes += 1;
	useChatUi.setState({ editing: id, asked: wishes });
}

export function resumeEditing(id: Id): void {
	useChatUi.setState({ editing: id, asked: null });
}

export function stopEditing(): void {
	useChatUi.setState({ editing: undefined });
}

/** Where the reader left a channel: at its end, or so far below the top of a row. */
export type Place = {
	atEnd: boolean;
	key: string;
	below: number;
	measured: VirtualItem[];
};

const places = new Map<Id, Place>();
const PLACES_MAX = 50;
onForget(() => {
	places.clear();
	stopEditing();
});

export function rememberPlace(channelId: Id, place: Place): void {
	places.delete(channelId);
	places.set(channelId, place);
	const [oldest] = places.keys();
	if (places.size > PLACES_MAX && oldest !== undefined) places.delete(oldest);
}

export function recallPlace(channelId: Id): Place | undefined {
	return places.get(channelId);
}

let composer: HTMLElement | null = null;

/** What stands on the page where one writes, so that keys pressed elsewhere find it. */
export function setComposer(element: HTMLElement | null): void {
	composer = element;
}

export function focusComposer(): void {
	composer?.focus({ preventScroll: true });
}

/** A line that says why nothing can be written takes no keys, and no focus for their sake. */
export function beginToWrite(): void {
	if (composer instanceof HTMLTextAreaElement) focusComposer();
}

/**
 * Puts the text of a message that was not sent, and the focus, back where it can be changed; what
 * stands there now, null where there is no box.
 */
export function refillComposer(text: string): string | null {
	focusComposer();
	if (!(composer instanceof HTMLTextAreaElement)) return null;
	composer.value = composer.value ? `${text}\n${composer.value}` : text;
	composer.dispatchEvent(new Event("input", { bubbles: true }));
	return composer.value;
}
