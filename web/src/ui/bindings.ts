/**
 * Which keys set off which action, kept per account on this device. It knows the actions by name
 * only; what they do stands in `app/keymap.ts` and with the messages.
 */
import { create } from "zustand";
import type { Scope } from "@/lib/keys.ts";

const PAGE = {
	switcher: "Mod+K",
	settings: "Mod+,",
	help: "Mod+/",
	nextChannel: "Alt+ArrowDown",
	previousChannel: "Alt+ArrowUp",
	nextUnread: "Alt+Shift+ArrowDown",
	previousUnread: "Alt+Shift+ArrowUp",
	nextServer: "Mod+Alt+ArrowDown",
	previousServer: "Mod+Alt+ArrowUp",
	markServerRead: "Shift+Escape",
} as const;
const MESSAGE = {
	edit: "E",
	copy: "C",
	unread: "U",
	remove: "Delete",
} as const;
const DEFAULTS = { ...PAGE, ...MESSAGE };

export type PageActionId = keyof typeof PAGE;
export type MessageActionId = keyof typeof MESSAGE;
export type ActionId = PageActionId | MessageActionId;
/** An empty text is no key at all. */
type Bindings = Record<ActionId, string>;

export const pageActionIds = Object.keys(PAGE).filter(isPageAction);
export const messageActionIds = Object.keys(MESSAGE).filter(isMessageAction);
export const actionIds: ActionId[] = [...pageActionIds, ...messageActionIds];

/** Where the keys of an action count; the same keys may do something else elsewhere. */
export function scopeOf(id: ActionId): Scope {
	return isPageAction(id) ? "page" : "message";
}

export const useBindings = create<Bindings>(() => ({ ...DEFAULTS }));

let storageKey: string | null = null;

/** Takes up what `userId` chose on this device, and follows the other tabs. */
export function loadBindings(userId: string): () => void {
	storageKey = `battala.keys.${userId}`;
	const read = () => useBindings.setState({ ...DEFAULTS, ...stored() }, true);
	const onStorage = (event: StorageEvent) => {
		if (event.key === storageKey) read();
	};
	read();
	window.addEventListener("storage", onStorage);
	return () => window.removeEventListener("storage", onStorage);
}

/** The action of the whole client that `combo` sets off. */
export function pageActionOf(combo: string): PageActionId | undefined {
	const bindings = useBindings.getState();
	return pageActionIds.find((id) => bindings[id] === combo);
}

/** What `combo` does with the message that has the focus. */
export function messageActionOf(combo: string): MessageActionId | undefined {
	const bindings = useBindings.getState();
	return messageActionIds.find((id) => bindings[id] === combo);
}

/** Who has `combo` where the keys of `id` count. */
export function rivalOf(id: ActionId, combo: string): ActionId | undefined {
	const owner = isPageAction(id) ? pageActionOf(combo) : messageActionOf(combo);
	return owner === id ? undefined : owner;
}

/** Gives `combo` to `id`, and takes it from whoever had it in the same scope. */
export function bind(id: ActionId, combo: string): void {
	const rival = rivalOf(id, combo);
	change({ ...(rival ? { [rival]: "" } : {}), [id]: combo });
}

export function isOwn(bindings: Bindings, id: ActionId): boolean {
	return bindings[id] !== DEFAULTS[id];
}

/** As it came; whoever got its key meanwhile gives it back. */
export function resetBinding(id: ActionId): void {
	bind(id, DEFAULTS[id]);
}

export function resetBindings(): void {
	change(DEFAULTS);
}

function change(some: Partial<Bindings>): void {
	useBindings.setState(some);
	const bindings = useBindings.getState();
	const own = actionIds.filter((id) => isOwn(bindings, id));
	try {
		if (storageKey)
			localStorage.setItem(
				storageKey,
				JSON.stringify(Object.fromEntries(own.map((id) => [id, bindings[id]]))),
			);
	} catch {
		// Without storage the choice lasts as long as the page.
	}
}

function stored(): Partial<Bindings> {
	try {
		const value: unknown = JSON.parse(
			(storageKey && localStorage.getItem(storageKey)) || "{}",
		);
		const entries = Object.entries(value ?? {}).filter(
			([id, combo]) => isActionId(id) && typeof combo === "string",
		);
		return Object.fromEntries(entries);
	} catch {
		return {};
	}
}

function isActionId(id: string): id is ActionId {
	return isPageAction(id) || isMessageAction(id);
}

function isPageAction(id: string): id is PageActionId {
	return Object.hasOwn(PAGE, id);
}

function isMessageAction(id: string): id is MessageActionId {
	return Object.hasOwn(MESSAGE, id);
}
