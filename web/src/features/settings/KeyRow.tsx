import { RotateCcw } from "lucide-react";
import type { MouseEvent } from "react";
import { useT } from "@/i18n/index.ts";
import { Button } from "@/ui/Button.tsx";
import {
	type ActionId,
	isOwn,
	resetBinding,
	useBindings,
} from "@/ui/bindings.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { Keys, keysText } from "@/ui/Keys.tsx";
import type { Recording, useKeyRecorder } from "./useKeyRecorder.ts";

type Props = {
	id: ActionId;
	combo: string;
	recorder: ReturnType<typeof useKeyRecorder>;
};

/** One action: its keys are the button that changes them. */
export function KeyRow({ id, combo, recorder }: Props) {
	const t = useT();
	const bindings = useBindings();
	const does = t.app.help[id];
	const mine = recorder.recording?.id === id ? recorder.recording : null;
	const isListening = mine !== null && !mine.taken;
	return (
		<li className="grid gap-1">
			<div className="flex min-h-9 items-center gap-2">
				<span className="grow text-ui font-normal">{does}</span>
				<Button
					look={isListening ? "neutral" : "quiet"}
					onClick={() => recorder.start(id)}
					onBlur={() => isListening && recorder.stop()}
				>
					<span className="sr-only">{t.settings.keys.change(does)}, </span>
					{isListening ? (
						t.settings.keys.press
					) : combo ? (
						<Keys combo={combo} />
					) : (
						t.settings.keys.none
					)}
				</Button>
				<IconButton
					label={t.settings.keys.reset(does)}
					className={isOwn(bindings, id) ? "" : "invisible"}
					onClick={() => resetBinding(id)}
				>
					<RotateCcw aria-hidden="true" size={16} />
				</IconButton>
			</div>
			<div role="status" className="justify-self-end text-end empty:hidden">
				{mine ? <Verdict recording={mine} recorder={recorder} /> : null}
			</div>
		</li>
	);
}

/** What is wrong with the keys that were pressed. */
function Verdict({
	recording: { refused, taken },
	recorder,
}: {
	recording: Recording;
	recorder: Props["recorder"];
}) {
	const t = useT();
	if (refused)
		return (
			<p className="text-small text-danger">
				{t.settings.keys.refused[refused]}
			</p>
		);
	if (!taken) return null;
	return (
		<div className="flex flex-wrap items-center justify-end gap-2 pb-2">
			<p className="text-small text-ink-2">
				{t.settings.keys.taken(keysText(taken.combo), t.app.help[taken.by])}
			</p>
			<Button onClick={closing(recorder.takeOver)}>
				{t.settings.keys.take}
			</Button>
			<Button look="quiet" onClick={closing(recorder.stop)}>
				{t.ui.cancel}
			</Button>
		</div>
	);
}

/** The question goes away with its buttons; the focus goes back to the keys it was about. */
function closing(act: () => void) {
	return (event: MouseEvent<HTMLButtonElement>) => {
		event.currentTarget.closest("li")?.querySelector("button")?.focus();
		act();
	};
}
