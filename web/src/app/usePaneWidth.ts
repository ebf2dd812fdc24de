import { useState } from "react";
import { useMedia } from "@/ui/useMedia.ts";

const KEY = "battala.channels-width";
export const PANE_PX = { min: 200, max: 360 } as const;
const STEP_PX = 16;

export type PaneWidth = {
	px: number;
	set: (px: number) => void;
	nudge: (steps: number) => void;
	reset: () => void;
};

/** Width of the channel list: as the screen suggests until the reader chooses. */
export function usePaneWidth(): PaneWidth {
	const isDesktop = useMedia("(min-width: 1280px)");
	const isLaptop = useMedia("(min-width: 1024px)");
	const [chosen, setChosen] = useState(recall);
	const usual = isDesktop ? 248 : isLaptop ? 232 : 220;
	const px = chosen ?? usual;
	const set = (wanted: number) => {
		const next = Math.round(
			Math.min(PANE_PX.max, Math.max(PANE_PX.min, wanted)),
		);
		setChosen(next);
		remember(String(next));
	};
	return {
		px,
		set,
		nudge: (steps) => set(px + steps * STEP_PX),
		reset: () => {
			setChosen(null);
			remember("");
		},
	};
}

function recall(): number | null {
	try {
		const px = Number(localStorage.getItem(KEY));
		return px >= PANE_PX.min && px <= PANE_PX.max ? px : null;
	} catch {
		return null;
	}
}

function remember(value: string): void {
	try {
		localStorage.setItem(KEY, value);
	} catch {
		// The width then lasts as long as the page.
	}
}
