import { useEffect, useState } from "react";
import { comboOf, type Refusal, refusalOf } from "@/lib/keys.ts";
import { type ActionId, bind, rivalOf, scopeOf } from "@/ui/bindings.ts";

export type Recording = {
	id: ActionId;
	/** Why the last press was not taken. */
	refused?: Refusal;
	/** What was pressed, and who has it; the reader decides. */
	taken?: { combo: string; by: ActionId };
};

/** Listens for the new keys of one action at a time. Esc, Tab and looking elsewhere end it. */
export function useKeyRecorder(onBound: (id: ActionId, combo: string) => void) {
	const [recording, setRecording] = useState<Recording | null>(null);
	const stop = () => setRecording(null);
	const take = (id: ActionId, combo: string) => {
		bind(id, combo);
		stop();
		onBound(id, combo);
	};
	const isListening = recording !== null && !recording.taken;

	useEffect(() => {
		if (!isListening) return;
		const { id } = recording;
		const onKey = (event: KeyboardEvent) => {
			const combo = comboOf(event);
			if (combo === "Tab" || combo === "Shift+Tab") return stop();
			// Nobody else may act on it: not the page, nor what the keys do now.
			event.preventDefault();
			event.stopPropagation();
			if (combo === null || event.repeat) return;
			if (combo === "Escape") return stop();
			const refused = refusalOf(combo, scopeOf(id));
			const by = rivalOf(id, combo);
			if (refused) setRecording({ id, refused });
			else if (by) setRecording({ id, taken: { combo, by } });
			else take(id, combo);
		};
		window.addEventListener("keydown", onKey, true);
		return () => window.removeEventListener("keydown", onKey, true);
	});

	return {
		recording,
		start: (id: ActionId) => setRecording({ id }),
		stop,
		/** Takes the keys from whoever had them. */
		takeOver: () => {
			if (recording?.taken) take(recording.id, recording.taken.combo);
		},
	};
}
