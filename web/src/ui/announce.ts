import { create } from "zustand";

type Politeness = "polite" | "assertive";

const CLEAR_AFTER_MS = 2000;

export const useAnnouncement = create<Record<Politeness, string>>(() => ({
	polite: "",
	assertive: "",
}));

const timers: Partial<Record<Politeness, ReturnType<typeof setTimeout>>> = {};

/** Says `text` to screen readers. The region empties itself, so that the same text can come again. */
export function announce(
	text: string,
	politeness: Politeness = "polite",
): void {
	clearTimeout(timers[politeness]);
	useAnnouncement.setState({ [politeness]: text });
	timers[politeness] = setTimeout(
		() => useAnnouncement.setState({ [politeness]: "" }),
		CLEAR_AFTER_MS,
	);
}
