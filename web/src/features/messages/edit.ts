/** A message that is being changed: what is typed, and what of it is on its way to the hub. */
import { createStore } from "zustand";
import { limits } from "@/api/limits.ts";
import type { Message } from "@/api/types.ts";
import { t } from "@/i18n/index.ts";
import { type BegunEdit, editKey, editsOf } from "@/lib/draftKey.ts";
import { beforeForget } from "@/lib/forget.ts";
import {
	editMessage,
	getState,
	readMessage,
	selectIsCurrent,
	selectMe,
	setDraft,
	store,
} from "@/stores/index.ts";
import { dismissFault, tellFault } from "@/ui/tellFault.ts";
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

/** Whether the hub has a text that the author has not seen and would write over. */
export function isChanged({ text, known, base, saving }: Shown): boolean {
	return (
		known.rev > base && saving === null && text.trimEnd() !== known.content
	);
}

export class Edit {
	readonly shown;
	readonly #message: Message;
	/** What its words are kept by. */
	#key = "";
	/**
	 * Whose words these are: of the message, of the draft that was left or is being written in
	 * another tab, or typed here. The last stay, whatever other tabs do.
	 */
	#words: "message" | "draft" | "typed" = "message";
	/** `away`: the box has gone from the page, and its words are a draft. */
	#place: "open" | "away" | "left" = "open";
	/** What was sent last, and what is to be sent after that. */
	#sent: string | null = null;
	#next: string | null = null;

	/** Begins to change a message, or goes on where that was left. */
	constructor(message: Message) {
		this.#message = message;
		this.shown = createStore<Shown>(() => this.#begin(message));
	}

	/** The box is on the page; returns what to do when it goes. */
	open(): () => void {
		this.#place = "open";
		const stop = store.subscribe(this.#follow);
		// Before what stores drafts listens for the same.
		window.addEventListener("pagehide", this.#keepLast, true);
		const stopHanding = beforeForget(this.#keepLast);
		return () => {
			stop();
			stopHanding();
			window.removeEventListener("pagehide", this.#keepLast, true);
			if (this.#place !== "open") return;
			this.#keepLast();
			this.#place = "away";
		};
	}

	readonly write = (text: string): void => {
		this.#words = "typed";
		this.shown.setState({ text });
		this.#keep();
	};

	/** What the hub says of the message meanwhile. */
	learn(latest: Message): void {
		const { text, known, base } = this.shown.getState();
		if (latest.rev <= known.rev) return;
		this.shown.setState({ known: latest });
		const isSame = [this.#sent, text.trimEnd()].includes(latest.content);
		if (isSame) this.shown.setState({ base: latest.rev });
		// Who has changed nothing has nothing to lose.
		else if (text === known.content && base >= known.rev)
			this.shown.setState({ base: latest.rev, text: latest.content });
		else return;
		if (getState().drafts[this.#key] !== undefined) this.#keep();
	}

	readonly save = (): void => {
		const { text, known, saving } = this.shown.getState();
		const content = text.trimEnd();
		if (isChanged(this.shown.getState())) return;
		if (content.trim() === "") return removeMessage(known, false);
		if (lengthOf(content) > limits.messageCharsMax) return;
		if (saving !== null) this.#next = content;
		else if (content === known.content) this.leave();
		else void this.#send(content);
	};

	/** The message stays as it is; what is on its way cannot be called back. */
	readonly leave = (): void => {
		this.#place = "left";
		setDraft(this.#key, "");
		const isElsewhere = hasOtherFocus();
		const row = document.activeElement?.closest<HTMLElement>("article");
		stopEditing();
		if (isElsewhere) return;
		// Under a finger the box of the composer would bring up the keyboard that has just gone.
		if (window.matchMedia("(pointer: coarse)").matches)
			row?.focus({ preventScroll: true });
		else focusComposer();
	};

	readonly keepMine = (): void => this.#see(this.shown.getState().text);
	readonly takeNew = (): void => this.#see(this.shown.getState().known.content);

	/** The author knows of the text that the hub has. */
	#see(text: string): void {
		this.shown.setState(({ known }) => ({ base: known.rev, text }));
		this.#words = "typed";
		this.#keep();
	}

	#begin(known: Message): Shown {
		const begun = this.#findDraft();
		const base = begun?.rev ?? known.rev;
		const { channel_id, id } = known;
		this.#key = begun?.key ?? editKey(channel_id, id, base);
		this.#words = !begun ? "message" : begun.isOwn ? "typed" : "draft";
		const text = begun?.text ?? known.content;
		return { text, known, base, saving: null, fault: undefined };
	}

	/** What was typed in this tab goes before what another has or had. */
	#findDraft(): BegunEdit | undefined {
		const { channel_id, id } = this.#message;
		const begun = editsOf(getState().drafts, channel_id, id);
		return begun.findLast(({ isOwn }) => isOwn) ?? begun.at(-1);
	}

	/** Shows what another tab types, until something is typed here. */
	readonly #follow = (): void => {
		if (this.#words !== "draft") return;
		const { text, saving } = this.shown.getState();
		const draft = getState().drafts[this.#key];
		if (draft === text || saving !== null) return;
		if (draft !== undefined) return this.shown.setState({ text: draft });
		const isOver = this.#findDraft() === undefined;
		if (isOver && useChatUi.getState().asked === null) {
			this.#place = "left";
			return stopEditing();
		}
		this.shown.setState(this.#begin(this.shown.getState().known));
	};

	/** Makes the words a draft of this tab, in the place of what they went on from. */
	#keep(): void {
		const { text, known, base } = this.shown.getState();
		const old = this.#key;
		this.#key = editKey(known.channel_id, known.id, base);
		setDraft(this.#key, text === known.content ? "" : text);
		if (old !== this.#key) setDraft(old, "");
	}

	/** Another tab may have given up the draft of what is typed here. */
	readonly #keepLast = (): void => {
		const { text, known } = this.shown.getState();
		if (this.#words !== "typed" || text === known.content) return;
		if (this.#isMine() && getState().drafts[this.#key] !== text) this.#keep();
	};

	/** Whether it is still its author who is here. */
	#isMine(): boolean {
		return selectMe(getState())?.id === this.#message.author.id;
	}

	async #send(content: string): Promise<void> {
		const { channel_id, id } = this.#message;
		this.#sent = content;
		this.shown.setState({ saving: content, fault: undefined });
		try {
			const isCurrent = selectIsCurrent(getState(), channel_id);
			const isOvertaken = !isCurrent && (await this.#isOvertaken());
			// Whoever has left meanwhile has called it back: it was not on its way yet.
			if (isOvertaken || this.#hasLeft()) {
				this.#next = null;
				return this.shown.setState({ saving: null });
			}
			const saved = await editMessage(channel_id, id, content);
			this.learn(saved);
			dismissFault(["edited", id]);
			this.shown.setState({ saving: null, base: saved.rev });
		} catch (fault) {
			this.#next = null;
			this.shown.setState({ saving: null, fault });
			if (this.#place !== "open") this.#putBack(content, fault);
			return;
		}
		if (this.#place === "away") this.#drop(content);
		else if (this.#place === "open") await this.#goOn(content);
		// Whoever has cancelled it takes it for undone.
		else if (this.#isMine()) toast(t().chat.savedAnyway);
	}

	#hasLeft(): boolean {
		return this.#place === "left";
	}

	/** What another device has saved may not have been heard of yet. */
	async #isOvertaken(): Promise<boolean> {
		const { channel_id, id } = this.#message;
		const latest = await readMessage(channel_id, id);
		if (latest) this.learn(latest);
		return isChanged({ ...this.shown.getState(), saving: null });
	}

	/** `saved` is; what was typed since is a further change. */
	async #goOn(saved: string): Promise<void> {
		if (this.shown.getState().text.trimEnd() === saved) return this.leave();
		this.#keep();
		const next = this.#next;
		this.#next = null;
		if (next === null || next === saved) return;
		if (!isChanged(this.shown.getState())) await this.#send(next);
	}

	/** What was saved while its box was away is no draft any more. */
	#drop(content: string): void {
		if (getState().drafts[this.#key]?.trimEnd() !== content) return;
		setDraft(this.#key, "");
		if (useChatUi.getState().editing === this.#message.id) stopEditing();
	}

	/** What could not be saved is there again for who has left meanwhile. */
	#putBack(content: string, fault: unknown): void {
		if (!this.#isMine()) return;
		if (!getState().drafts[this.#key]) setDraft(this.#key, content);
		tellFault(["edited", this.#message.id], t().notDone.edited, fault);
	}
}

/** Whether the reader has gone on to another field while it was saved. */
function hasOtherFocus(): boolean {
	const { activeElement, body } = document;
	if (activeElement === null || activeElement === body) return false;
	return activeElement.closest("[data-edit]") === null;
}
