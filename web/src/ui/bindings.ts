/**
 * Which keys set off which action of the whole client, kept per account on this device. It knows
 * the actions by name only; what they do stands in `app/keymap.ts`.
 */
import { create } from "zustand";

const DEFAULTS = {
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

export type ActionId = keyof typeof DEFAULTS;
/** An empty text is no key at all. */
type Bindings = Record<ActionId, string>;

export const actionIds = Object.keys(DEFAULTS).filter(isActionId);

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

/** The action that `combo` sets off. */
export function boundTo(combo: string): ActionId | undefined {
	const bindings = useBindings.getState();
	return actionIds.find((id) => bindings[id] === combo);
}

/** Gives `combo` to `id`, and takes it from whoever had it. */
export function bind(id: ActionId, combo: string): void {
	const before = boundTo(combo);
	change({ ...(before ? { [before]: "" } : {}), [id]: combo });
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
	return Object.hasOwn(DEFAULTS, id);
}
