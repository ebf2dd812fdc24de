import { SendHorizontal } from "lucide-react";
import {
	type FormEvent,
	type KeyboardEvent,
	useEffect,
	useRef,
	useState,
} from "react";
import { limits } from "@/api/limits.ts";
import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { sendMessage, startTyping, useCanInChannel } from "@/stores/index.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { attempt } from "@/ui/tellFault.ts";
import { useMedia } from "@/ui/useMedia.ts";
import { Counter, lengthOf } from "./Counter.tsx";
import { setComposer } from "./chatUi.ts";
import { editLast } from "./editLast.ts";
import { isComposing } from "./keys.ts";
import { ReadOnly } from "./ReadOnly.tsx";
import { SlowLine } from "./SlowLine.tsx";
import { useStoredDraft } from "./useStoredDraft.ts";

type Props = {
	channel: Channel;
	/** My own message always brings the list to its end. */
	onSent: () => void;
};

/** Where messages are written, or why not. */
export function Composer(props: Props) {
	const canSend = useCanInChannel(props.channel.id, "sendMessages");
	return canSend === false ? <ReadOnly /> : <Writing {...props} />;
}

/**
 * The text lives in the element itself, so that a key press renders
 * nothing; only its length is state. Nothing typed is lost: not to a switch, not to a reload.
 */
function Writing({ channel, onSent }: Props) {
	const t = useT();
	const isTouch = useMedia("(pointer: coarse)");
	const area = useRef<HTMLTextAreaElement>(null);
	const [length, setLength] = useState(0);
	const draft = useStoredDraft(channel.id, area, setLength);
	const isOver = length > limits.messageCharsMax;

	useEffect(() => {
		setComposer(area.current);
		return () => setComposer(null);
	}, []);

	const onInput = () => {
		const text = area.current?.value ?? "";
		setLength(lengthOf(text));
		draft.changed(text);
		if (text.trim() !== "") startTyping(channel.id);
	};

	const send = async (event?: FormEvent) => {
		event?.preventDefault();
		const element = area.current;
		const text = element?.value.trimEnd() ?? "";
		if (
			!element ||
			text.trim() === "" ||
			lengthOf(text) > limits.messageCharsMax
		)
			return;
		element.value = "";
		setLength(0);
		draft.saveNow("");
		onSent();
		const sent = sendMessage(channel.id, text);
		if (await attempt(["sent", channel.id], t.notDone.sent, sent))
			return onSent();
		// This device could not keep it: the words go back where they were.
		element.value = element.value ? `${text}\n${element.value}` : text;
		onInput();
	};

	const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
		if (isComposing(event)) return;
		if (event.key === "Enter" && !event.shiftKey && !isTouch) {
			event.preventDefault();
			void send();
		} else if (event.key === "ArrowUp" && event.currentTarget.value === "") {
			event.preventDefault();
			void editLast(channel.id);
		}
	};

	return (
		<form
			aria-label={t.chat.composer}
			onSubmit={send}
			className="shrink-0 px-4 pb-[max(0.25rem,env(safe-area-inset-bottom))] max-tablet:px-2"
		>
			<div
				className={`flex items-end rounded-card border bg-raised focus-within:outline-2 focus-within:outline-leaf ${
					isOver ? "border-danger" : "border-line-strong"
				}`}
			>
				<textarea
					ref={area}
					id="composer"
					dir="auto"
					rows={1}
					aria-label={t.chat.placeholder(channel.name)}
					aria-invalid={isOver ? true : undefined}
					placeholder={t.chat.placeholder(channel.name)}
					enterKeyHint={isTouch ? "enter" : "send"}
					onInput={onInput}
					onKeyDown={onKeyDown}
					onBlur={() => draft.saveNow(area.current?.value ?? "")}
					className="scroll-thin field-sizing-content max-h-[min(40dvh,calc(12*var(--size-body)*var(--leading-body)+24px))] min-h-12 grow resize-none bg-transparent px-4 py-3 text-[max(1rem,var(--size-body))]/(--leading-body) outline-none placeholder:truncate tablet:text-body"
				/>
				<IconButton
					type="submit"
					label={t.chat.send}
					shortcut="Enter"
					disabled={length === 0 || isOver}
					className="m-2 coarse:m-0.5 not-disabled:text-leaf"
				>
					<SendHorizontal
						aria-hidden="true"
						size={18}
						className="rtl:-scale-x-100"
					/>
				</IconButton>
			</div>
			<SlowLine channelId={channel.id} />
			<div className="px-2 py-1 empty:hidden">
				<Counter length={length} />
			</div>
		</form>
	);
}
