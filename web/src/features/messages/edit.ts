/** A message that is being changed: what is typed, and what of it is on its way to the hub. */
import { createStore } from "zustand";
import { limits } from "@/api/limits.ts";
import type { Message } from "@/api/types.ts";
import { errorText, t } from "@/i18n/index.ts";
import { editKey } from "@/lib/draftKey.ts";
import { editMessage, getState, selectMe, setDraft } from "@/stores/index.ts";
import { toast } from "@/ui/toasts.ts";
import { lengthOf } from "./Counter.tsx";
import { focusComposer, stopEditing, useChatUi } from "./chatUi.ts";
import { removeMessage } from "./messageMenu.ts";

type Shown = {
	text: string;
	/** The message as the hub has it, as far as is known here. */
	known: Message;
	/** The text that is on its way to the hub. */
	saving: string | null;
	fault: unknown;
};

export type Edit = ReturnType<typeof createEdit>;

/** Begins to change a message, or goes on where that was left. */
export function createEdit(message: Message) {
	const { channel_id: channelId, id } = message;
	const key = editKey(channelId, id);
	const shown = createStore<Shown>(() => ({
		text: getState().drafts[key] ?? message.content,
		known: message,
		saving: null,
		fault: undefined,
	}));
	/** `away`: the box has gone from the page, and its words are a draft. */
	let place: "open" | "away" | "left" = "open";
	/** What is to be saved after what is on its way. */
	let next: string | null = null;

	const write = (text: string) => {
		shown.setState({ text });
		setDraft(key, text === shown.getState().known.content ? "" : text);
	};
	const leave = () => {
		place = "left";
		setDraft(key, "");
		stopEditing();
		focusComposer();
	};
	const learn = (latest: Message) => {
		if (latest.rev > shown.getState().known.rev)
			shown.setState({ known: latest });
	};
	const send = async (content: string): Promise<void> => {
		shown.setState({ saving: content, fault: undefined });
		try {
			learn(await editMessage(channelId, id, content));
		} catch (fault) {
			next = null;
			shown.setState({ saving: null, fault });
			if (place !== "open") putBack(message, content, fault);
			return;
		}
		shown.setState({ saving: null });
		if (place === "away") return drop(message, content);
		if (place === "left") return;
		const { text } = shown.getState();
		if (text.trimEnd() === content) return leave();
		// What was typed since is a change of what is saved by now.
		write(text);
		const more = next;
		next = null;
		if (more !== null && more !== content) await send(more);
	};
	return {
		shown,
		write,
		/** What the hub says of the message meanwhile. */
		learn,
		/** The message stays as it is; what is on its way cannot be called back. */
		leave,
		save(): void {
			const { text, known, saving } = shown.getState();
			const content = text.trimEnd();
			if (content.trim() === "") return removeMessage(message, false);
			if (lengthOf(content) > limits.messageCharsMax) return;
			if (saving !== null) next = content;
			else if (content === known.content) leave();
			else void send(content);
		},
		/** The box is on the page; returns what to do when it goes. */
		open(): () => void {
			place = "open";
			return () => {
				if (place === "open") place = "away";
			};
		},
	};
}

/** What was saved while its box was away is no draft any more. */
function drop({ channel_id, id }: Message, content: string): void {
	const key = editKey(channel_id, id);
	if (getState().drafts[key]?.trimEnd() !== content) return;
	setDraft(key, "");
	if (useChatUi.getState().editing === id) stopEditing();
}

/** What could not be saved is there again for who has left meanwhile. */
function putBack(message: Message, content: string, fault: unknown): void {
	const { channel_id, id, author } = message;
	if (selectMe(getState())?.id !== author.id) return;
	const key = editKey(channel_id, id);
	if (!getState().drafts[key]) setDraft(key, content);
	toast(errorText(t(), fault), { tone: "error" });
}
