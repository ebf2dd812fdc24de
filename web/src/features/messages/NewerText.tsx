import type { Ref } from "react";
import { useT } from "@/i18n/index.ts";
import { Button } from "@/ui/Button.tsx";
import { Markdown } from "./markdown/Markdown.tsx";

type Props = {
	ref: Ref<HTMLFieldSetElement>;
	/** Of the words that say what has happened. */
	id: string;
	text: string;
	onTake: () => void;
	onKeep: () => void;
};

/** What a message says by now that is being changed: its author decides which of the texts stays. */
export function NewerText({ ref, id, text, onTake, onKeep }: Props) {
	const t = useT();
	return (
		<fieldset
			ref={ref}
			tabIndex={-1}
			aria-labelledby={id}
			aria-describedby={`${id}-text`}
			className="grid min-w-0 gap-2 rounded-control border border-line bg-raised p-3"
		>
			<p id={id} role="alert" className="text-small text-ink-2">
				{t.chat.changedMeanwhile}
			</p>
			<div
				id={`${id}-text`}
				dir="auto"
				className="text-body whitespace-pre-wrap wrap-anywhere text-ink-1"
			>
				<Markdown text={text} />
			</div>
			<div className="flex flex-wrap gap-2">
				<Button onClick={onTake}>{t.chat.takeNew}</Button>
				<Button onClick={onKeep}>{t.chat.keepMine}</Button>
			</div>
		</fieldset>
	);
}
