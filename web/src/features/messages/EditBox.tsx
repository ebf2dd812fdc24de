import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { limits } from "@/api/limits.ts";
import type { Message } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import { editKey } from "@/lib/draftKey.ts";
import { editMessage, getState, setDraft } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { useFault } from "@/ui/reached.ts";
import { Counter, lengthOf } from "./Counter.tsx";
import { focusComposer, stopEditing, useChatUi } from "./chatUi.ts";
import { isComposing } from "./keys.ts";
import { removeMessage } from "./messageMenu.ts";

/**
 * A message being changed in its place. Esc leaves it as it was, Enter saves, nothing deletes. What
 * is typed is kept as drafts are.
 */
export function EditBox({ message }: { message: Message }) {
	const t = useT();
	const id = useId();
	const area = useRef<HTMLTextAreaElement>(null);
	const key = editKey(message.channel_id, message.id);
	const [text, setText] = useState(
		() => getState().drafts[key] ?? message.content,
	);
	const [busy, setBusy] = useState(false);
	const [fault, setFault] = useFault();

	useEffect(() => {
		const element = area.current;
		if (useChatUi.getState().isResumed) return;
		element?.focus();
		element?.setSelectionRange(element.value.length, element.value.length);
	}, []);

	const write = (next: string) => {
		setText(next);
		setDraft(key, next === message.content ? "" : next);
	};
	const leave = () => {
		setDraft(key, "");
		stopEditing();
		focusComposer();
	};
	const save = async () => {
		const content = text.trimEnd();
		if (content.trim() === "") return removeMessage(message, false);
		if (content === message.content) return leave();
		if (busy || lengthOf(content) > limits.messageCharsMax) return;
		setBusy(true);
		try {
			await editMessage(message.channel_id, message.id, content);
			leave();
		} catch (error) {
			setFault(error);
			setBusy(false);
		}
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (isComposing(event)) return;
		if (event.key === "Escape") {
			event.preventDefault();
			event.stopPropagation();
			leave();
		} else if (event.key === "Enter" && !event.shiftKey) {
			event.preventDefault();
			void save();
		}
	};
	return (
		<div className="my-1 grid gap-1.5">
			<textarea
				ref={area}
				aria-label={t.chat.editing}
				aria-describedby={`${id}-hint`}
				aria-invalid={fault ? true : undefined}
				dir="auto"
				rows={1}
				value={text}
				onChange={(event) => write(event.target.value)}
				onKeyDown={onKeyDown}
				className="field-sizing-content max-h-[40dvh] coarse:min-h-11 w-full resize-none rounded-control border border-line-strong bg-raised px-3 py-2 text-body focus-visible:outline-offset-0"
			/>
			<div className="flex flex-wrap items-center gap-2">
				<p
					id={`${id}-hint`}
					className="grow text-small text-ink-3 coarse:hidden"
				>
					{t.chat.editHint}
				</p>
				<Counter length={lengthOf(text)} />
				<Button look="quiet" onClick={leave}>
					{t.ui.cancel}
				</Button>
				<Button look="primary" busy={busy} onClick={() => void save()}>
					{t.ui.save}
				</Button>
			</div>
			{fault ? (
				<p role="alert" className="text-small text-danger">
					{errorText(t, fault)}
				</p>
			) : null}
		</div>
	);
}
