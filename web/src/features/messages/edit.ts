/** A message that is being changed: what is typed, and what of it is on its way to the hub. */
import { createStore } from "zustand";
import { limits } from "@/api/limits.ts";
import type { Id, Message } from "@/api/types.ts";
import { errorText, t } from "@/i18n/index.ts";
import { editKey, editsOf } from "@/lib/draftKey.ts";
import {
	editMessage,
	getState,
	readMessage,
	selectIsCurrent,
	selectMe,
	setDraft,
} from "@/stores/index.ts";
import { toast } from "@/ui/toasts.ts";
import { lengthOf } from "./Counter.tsx";
import { focusComposer, stopEditing, useChatUi } from "./chatUi.ts";
import { removeMessage } from "./messageMenu.ts";

type Shown = {
	text: string;
	/** The message as the hub has it, as far as is known here. */
	known: Message;
	/** The change of the message up to which it is known to who is changing it. */
	base: number;
	/** The text that is on its way to the hub. */
	saving: string | null;
	fault: unknown;
};

export type Edit = ReturnType<typeof createEdit>;

/** Whether the hub has a text that the author has not seen and would write over. */
export function isChanged({ text, known, base, saving }: Shown): boolean {
	return (
		known.rev > base && saving === null && text.trimEnd() !== known.content
	);
}

/** Begins to change a message, or goes on where that was left. */
export function createEdit(message: Message) {
	const { channel_id: channelId, id } = message;
	const begun = editsOf(getState().drafts, channelId, id).at(-1);
	const base = begun?.rev ?? message.rev;
	const shown = createStore<Shown>(() => ({
		text: begun?.text ?? message.content,
		known: message,
		base,
		saving: null,
		fault: undefined,
	}));
	/** What its words are kept by. */
	let key = begun?.key ?? editKey(channelId, id, base);
	/** `away`: the box has gone from the page, and its words are a draft. */
	let place: "open" | "away" | "left" = "open";
	/** What was sent last, and what is to be sent after that. */
	let sent: string | null = null;
	let next: string | null = null;

	const keep = () => {
		const { text, known, base } = shown.getState();
		const old = key;
		key = editKey(channelId, id, base);
		setDraft(key, text === known.content ? "" : text);
		if (old !== key) setDraft(old, "");
	};
	const write = (text: string) => {
		shown.setState({ text });
		keep();
	};
	const leave = () => {
		place = "left";
		setDraft(key, "");
		stopEditing();
		focusComposer();
	};
	const learn = (latest: Message) => {
		const { text, known, base } = shown.getState();
		if (latest.rev <= known.rev) return;
		shown.setState({ known: latest });
		if (latest.content === sent) shown.setState({ base: latest.rev });
		// Who has changed nothing has nothing to lose.
		else if (text === known.content && base >= known.rev)
			shown.setState({ base: latest.rev, text: latest.content });
		else return;
		if (getState().drafts[key] !== undefined) keep();
	};
	const isOvertaken = async () => {
		const latest = await readMessage(channelId, id);
		if (latest) learn(latest);
		return isChanged({ ...shown.getState(), saving: null });
	};
	const send = async (content: string): Promise<void> => {
		sent = content;
		shown.setState({ saving: content, fault: undefined });
		try {
			// What another device has saved may not have been heard of yet.
			if (!selectIsCurrent(getState(), channelId) && (await isOvertaken())) {
				next = null;
				return shown.setState({ saving: null });
			}
			const saved = await editMessage(channelId, id, content);
			learn(saved);
			shown.setState({ saving: null, base: saved.rev });
		} catch (fault) {
			next = null;
			shown.setState({ saving: null, fault });
			if (place !== "open") putBack(key, message, content, fault);
			return;
		}
		if (place === "away") return drop(key, id, content);
		if (place === "left") return;
		if (shown.getState().text.trimEnd() === content) return leave();
		// What was typed since is a change of what is saved by now.
		keep();
		const more = next;
		next = null;
		if (more !== null && more !== content && !isChanged(shown.getState()))
			await send(more);
	};
	/** The author knows of the text that the hub has. */
	const see = (text: string) => {
		shown.setState(({ known }) => ({ base: known.rev, text }));
		keep();
	};
	return {
		shown,
		write,
		/** What the hub says of the message meanwhile. */
		learn,
		/** The message stays as it is; what is on its way cannot be called back. */
		leave,
		keepMine: () => see(shown.getState().text),
		takeNew: () => see(shown.getState().known.content),
		save(): void {
			const { text, known, saving } = shown.getState();
			const content = text.trimEnd();
			if (isChanged(shown.getState())) return;
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
function drop(key: string, id: Id, content: string): void {
	if (getState().drafts[key]?.trimEnd() !== content) return;
	setDraft(key, "");
	if (useChatUi.getState().editing === id) stopEditing();
}

/** What could not be saved is there again for who has left meanwhile. */
function putBack(
	key: string,
	message: Message,
	content: string,
	fault: unknown,
): void {
	if (selectMe(getState())?.id !== message.author.id) return;
	if (!getState().drafts[key]) setDraft(key, content);
	toast(errorText(t(), fault), { tone: "error" });
}
