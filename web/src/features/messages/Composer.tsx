import { SendHorizontal } from "lucide-react";
import {
	type FormEvent,
	type KeyboardEvent,
	useCallback,
	useId,
	useRef,
	useState,
} from "react";
import { limits } from "@/api/limits.ts";
import type { Channel } from "@/api/types.ts";
import { useT } from "@/i18n/index.ts";
import { sameAccount } from "@/lib/forget.ts";
import { plainKey } from "@/lib/plainKey.ts";
import { addToDraft, sendMessage, startTyping } from "@/stores/index.ts";
import { IconButton } from "@/ui/IconButton.tsx";
import { attempt } from "@/ui/tellFault.ts";
import { useMedia } from "@/ui/useMedia.ts";
import { ClosedLine } from "./ClosedLine.tsx";
import { Counter, lengthOf } from "./Counter.tsx";
import { setComposer } from "./chatUi.ts";
import { editLast } from "./editLast.ts";
import { isComposing } from "./keys.ts";
import { SlowLine } from "./SlowLine.tsx";
import {
	useFocusOffButton,
	useIsClosed,
	useSpokenOpening,
} from "./useIsClosed.ts";
import { useStoredDraft } from "./useStoredDraft.ts";

type Props = {
	channel: Channel;
	/** My own message always brings the list to its end. */
	onSent: () => void;
};

/**
 * Where messages are written, or why not. The text lives in the element itself, so that a key press
 * renders nothing; only its length is state. Nothing typed is lost: not to a switch, not to a reload,
 * nor with the right to write.
 */
export function Composer({ channel, onSent }: Props) {
	const t = useT();
	const why = useId();
	const isTouch = useMedia("(pointer: coarse)");
	const { area, place } = usePlace();
	const [length, setLength] = useState(0);
	const draft = useStoredDraft(channel.id, area, setLength);
	const isOver = length > limits.messageCharsMax;
	const isClosed = useIsClosed(channel.id);
	const isBare = isClosed && length === 0 && draft.isEmpty;
	useSpokenOpening(isClosed);
	useFocusOffButton(isClosed, area);

	const onInput = () => {
		const text = area.current?.value ?? "";
		setLength(lengthOf(text));
		draft.changed(text);
		if (text.trim() !== "" && !isClosed) startTyping(channel.id);
	};

	const clear = (element: HTMLTextAreaElement) => {
		element.value = "";
		setLength(0);
		draft.saveNow("");
	};

	const discard = () => {
		if (!area.current) return;
		// The line that comes in the place of the box has the focus after it.
		area.current.focus({ preventScroll: true });
		clear(area.current);
	};

	const send = async (event?: FormEvent) => {
		event?.preventDefault();
		const element = area.current;
		const text = element?.value.trimEnd() ?? "";
		if (
			!element ||
			isClosed ||
			text.trim() === "" ||
			lengthOf(text) > limits.messageCharsMax
		)
			return;
		clear(element);
		onSent();
		const isMine = sameAccount();
		const sent = sendMessage(channel.id, text);
		const isSent = await attempt(["sent", channel.id], t.notDone.sent, sent);
		// Whoever is here now has not written them.
		if (!isMine()) return;
		if (isSent) return onSent();
		// This device could not keep it: the words go back where they were, box or no box.
		const now = area.current;
		if (!now) return void addToDraft(channel.id, text);
		now.value = now.value ? `${text}\n${now.value}` : text;
		onInput();
	};

	const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
		if (isClosed || isComposing(event)) return;
		if (event.key === "Enter" && !event.shiftKey && !isTouch) {
			event.preventDefault();
			void send();
		} else if (
			plainKey(event) === "ArrowUp" &&
			event.currentTarget.value === ""
		) {
			event.preventDefault();
			void editLast(channel.id);
		}
	};

	return (
		<form
			aria-label={isBare ? undefined : t.chat.composer}
			onSubmit={send}
			className="shrink-0 px-4 pb-[max(0.25rem,env(safe-area-inset-bottom))] max-tablet:px-2"
		>
			{isBare ? null : (
				<div
					className={`flex items-end rounded-card border bg-raised focus-within:outline-2 focus-within:outline-leaf ${
						isOver ? "border-danger" : "border-line-strong"
					}`}
				>
					<textarea
						ref={place}
						id="composer"
						dir="auto"
						rows={1}
						aria-label={t.chat.placeholder(channel.name)}
						aria-invalid={isOver ? true : undefined}
						aria-describedby={isClosed ? why : undefined}
						readOnly={isClosed}
						placeholder={
							isClosed ? undefined : t.chat.placeholder(channel.name)
						}
						enterKeyHint={isTouch ? "enter" : "send"}
						onInput={onInput}
						onKeyDown={onKeyDown}
						onBlur={() => draft.saveNow(area.current?.value ?? "")}
						className="scroll-thin field-sizing-content max-h-[min(40dvh,calc(12*var(--size-body)*var(--leading-body)+24px))] min-h-12 grow resize-none bg-transparent px-4 py-3 text-[max(1rem,var(--size-body))]/(--leading-body) outline-none read-only:text-ink-2 placeholder:truncate tablet:text-body"
					/>
					<IconButton
						type="submit"
						label={t.chat.send}
						shortcut="Enter"
						disabled={length === 0 || isOver || isClosed}
						className="m-2 coarse:m-0.5 not-disabled:text-leaf"
					>
						<SendHorizontal
							aria-hidden="true"
							size={18}
							className="rtl:-scale-x-100"
						/>
					</IconButton>
				</div>
			)}
			<ClosedLine
				id={why}
				isClosed={isClosed}
				place={isBare ? place : undefined}
				onDiscard={discard}
			/>
			<SlowLine channelId={channel.id} />
			<div className="px-2 py-1 empty:hidden">
				<Counter length={length} />
			</div>
		</form>
	);
}

/** Where one writes, or would: the focus stays there when the box and the line take turns. */
function usePlace() {
	const area = useRef<HTMLTextAreaElement>(null);
	const hadFocus = useRef(false);
	const place = useCallback((element: HTMLElement | null) => {
		setComposer(element);
		area.current = element instanceof HTMLTextAreaElement ? element : null;
		if (hadFocus.current) element?.focus({ preventScroll: true });
		return () => {
			hadFocus.current = document.activeElement === element;
			area.current = null;
			setComposer(null);
		};
	}, []);
	return { area, place };
}
