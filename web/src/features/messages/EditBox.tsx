import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Message } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import { plainKey } from "@/lib/plainKey.ts";
import { Button } from "@/ui/Button.tsx";
import { areKeysHeld } from "@/ui/heldKeys.ts";
import { isOutOfReach, useWhenReached } from "@/ui/reached.ts";
import { Counter, lengthOf } from "./Counter.tsx";
import { useChatUi } from "./chatUi.ts";
import { Edit, isChanged } from "./edit.ts";
import { isComposing } from "./keys.ts";
import { NewerText } from "./NewerText.tsx";
import { ReadOnly } from "./ReadOnly.tsx";
import { useFocusOffButton, useIsClosed } from "./useIsClosed.ts";

/**
 * A message being changed in its place. Esc leaves it as it was, Enter saves, nothing deletes. What
 * is typed is kept as drafts are, and while a save is under way it is a further change. Who may not
 * write any more may not change it either: the text stays until they may again.
 */
export function EditBox({ message }: { message: Message }) {
	const t = useT();
	const id = useId();
	const area = useRef<HTMLTextAreaElement>(null);
	const [edit] = useState(() => new Edit(message));
	const shown = useStore(edit.shown);
	const { text, saving, fault } = shown;
	const hasNewer = isChanged(shown);
	const asked = useChatUi((ui) => ui.asked);
	const newer = useRef<HTMLFieldSetElement>(null);
	const isClosed = useIsClosed(message.channel_id);
	useFocusOffButton(isClosed, area);

	useEffect(() => edit.open(), [edit]);
	useEffect(() => edit.learn(message), [edit, message]);
	useWhenReached(() => {
		if (isOutOfReach(fault)) edit.shown.setState({ fault: undefined });
	});
	useEffect(() => {
		const element = area.current;
		if (asked === null || areKeysHeld()) return;
		element?.focus();
		element?.setSelectionRange(element.value.length, element.value.length);
	}, [asked]);

	const onKeyDown = (event: KeyboardEvent) => {
		if (isComposing(event) || event.key !== "Enter" || event.shiftKey) return;
		event.preventDefault();
		// It is not overwritten by a key that was pressed before the author saw it.
		if (hasNewer) newer.current?.focus();
		else if (!isClosed) edit.save();
	};
	// Also where one of its buttons has the focus, as after a press.
	const onEscape = (event: KeyboardEvent) => {
		if (isComposing(event) || plainKey(event) !== "Escape") return;
		event.preventDefault();
		event.stopPropagation();
		edit.leave();
	};
	const decide = (how: () => void) => {
		how();
		area.current?.focus();
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: the key is pressed on what is in it
		<div data-edit onKeyDown={onEscape} className="my-1 grid gap-1.5">
			{hasNewer ? (
				<NewerText
					ref={newer}
					id={`${id}-newer`}
					text={shown.known.content}
					onTake={() => decide(edit.takeNew)}
					onKeep={() => decide(edit.keepMine)}
				/>
			) : null}
			<textarea
				ref={area}
				aria-label={t.chat.editing}
				aria-describedby={`${id}-${hasNewer ? "newer" : isClosed ? "why" : "hint"}`}
				aria-invalid={fault ? true : undefined}
				dir="auto"
				rows={1}
				readOnly={isClosed}
				value={text}
				onChange={(event) => edit.write(event.target.value)}
				onKeyDown={onKeyDown}
				className="field-sizing-content max-h-[40dvh] coarse:min-h-11 w-full resize-none rounded-control border border-line-strong bg-raised px-3 py-2 text-body read-only:text-ink-2 focus-visible:outline-offset-0"
			/>
			{/* The composer says it to those who listen. */}
			{isClosed ? (
				<ReadOnly id={`${id}-why`} hasWords={text !== shown.known.content} />
			) : null}
			<div className="flex flex-wrap items-center gap-2">
				<p
					id={`${id}-hint`}
					className="grow text-small text-ink-3 coarse:hidden"
				>
					{hasNewer || isClosed ? null : t.chat.editHint}
				</p>
				<Counter length={lengthOf(text)} />
				<Button look="quiet" onClick={edit.leave}>
					{t.ui.cancel}
				</Button>
				{hasNewer ? null : (
					<Button
						look="primary"
						busy={saving === text.trimEnd()}
						disabled={isClosed}
						onClick={edit.save}
					>
						{t.ui.save}
					</Button>
				)}
			</div>
			{fault ? (
				<p role="alert" className="text-small text-danger">
					{errorText(t, fault)}
				</p>
			) : null}
		</div>
	);
}
