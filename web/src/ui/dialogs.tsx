import type { ReactNode } from "react";
import { create } from "zustand";
import { onForget } from "@/lib/forget.ts";
import { OverlayPart } from "./OverlayPart.tsx";

type Entry = {
	key: number;
	render: (close: () => void) => ReactNode;
	/** It is on the screen; its code may have to come before. */
	isThere: boolean;
};

const useStack = create<{ entries: Entry[] }>(() => ({ entries: [] }));
let nextKey = 1;

/**
 * Opens a dialog above everything from anywhere: a menu, a key, a button. One whose code is still to
 * come goes for it: whoever presses again wants what they press last, and once.
 */
export function openDialog(render: Entry["render"]): void {
	const entry = { key: nextKey++, render, isThere: false };
	useStack.setState(({ entries }) => ({
		entries: [...entries.filter(({ isThere }) => isThere), entry],
	}));
}

function noteThere(key: number): void {
	useStack.setState(({ entries }) => ({
		entries: entries.map((entry) =>
			entry.key === key ? { ...entry, isThere: true } : entry,
		),
	}));
}

function closeDialog(key: number): void {
	useStack.setState(({ entries }) => ({
		entries: entries.filter((entry) => entry.key !== key),
	}));
}

/** Closes all; for a change of place that makes every question moot. */
export function closeAllDialogs(): void {
	useStack.setState({ entries: [] });
}

// What one account was asked is not for the next one to answer.
onForget(closeAllDialogs);

/** True while any dialog is open; page keys rest then. */
export function isDialogOpen(): boolean {
	return useStack.getState().entries.length > 0;
}

/** As `isDialogOpen`, for components that stand back meanwhile. */
export function useIsDialogOpen(): boolean {
	return useStack((state) => state.entries.length > 0);
}

/** Where the opened dialogs render; once, at the root. */
export function DialogHost() {
	const entries = useStack((state) => state.entries);
	return entries.map(({ key, render }) => {
		const close = () => closeDialog(key);
		return (
			<OverlayPart key={key} onClose={close} onOpened={() => noteThere(key)}>
				{render(close)}
			</OverlayPart>
		);
	});
}
