// A hub in a list: one channel that is written, edited and deleted in, read by
// pages and synced, as the contract says.
import type { ChannelChanges, Message, MessagePage } from "@/api/types.ts";
import type { Input } from "@/stores/inputs.ts";
import {
	asha,
	at,
	bo,
	created,
	event,
	type Mark,
	message,
	readUpdated,
} from "./samples.ts";

export class ModelHub {
	seq = 0;
	readonly rows: Message[] = [];
	/** How far I have read. */
	mark: Mark = { id: null, rev: 0 };

	get live(): Message[] {
		return this.rows.filter((row) => !row.is_deleted);
	}

	get lastMessageId(): string | null {
		return this.live.at(-1)?.id ?? null;
	}

	/** I read to a message, or mark what follows it as unread. */
	read(pick: number): Input | null {
		const row = this.rows[pick % Math.max(1, this.rows.length)];
		return row ? this.#moveTo(row.id) : null;
	}

	/** I write: what moves my mark comes before the message. */
	send(nonce: string): Input[] {
		const isKnown = this.rows.some((row) => row.nonce === nonce);
		const written = this.write(true, nonce);
		const { id } = this.rows.at(-1) ?? {};
		return isKnown || !id ? [written] : [this.#moveTo(id), written];
	}

	/** Ids leave room, as real ones do. */
	write(isMine: boolean, nonce: string | null): Input {
		const known = this.rows.find((row) => nonce && row.nonce === nonce);
		if (known)
			return event("message_created", { message: known, ...at(known.seq) });
		this.seq += 1;
		const author = isMine ? asha : bo;
		const row = message(this.seq * 10, this.seq, { author, nonce });
		this.rows.push(row);
		return created(row);
	}

	edit(pick: number): Input | null {
		return this.#change(pick, (row) => ({
			...row,
			content: `${row.content}+`,
			edited_at: this.seq,
		}));
	}

	delete(pick: number): Input | null {
		return this.#change(pick, (row) => ({
			...row,
			content: "",
			is_deleted: true,
		}));
	}

	page(before: string | null, limit: number): MessagePage {
		const live = this.live;
		const end = before
			? live.filter((row) => Number(row.id) < Number(before)).length
			: live.length;
		const begin = Math.max(0, end - limit);
		return {
			items: live.slice(begin, end),
			has_older: begin > 0,
			has_newer: end < live.length,
		};
	}

	sync(after: number, limit: number): ChannelChanges {
		const changed = this.rows
			.filter((row) => row.rev > after)
			.sort((a, b) => a.rev - b.rev);
		const rows = changed.slice(0, limit);
		const more = changed.length > rows.length;
		const through = more ? (rows.at(-1)?.rev ?? after) : this.seq;
		const { lastMessageId: last_message_id } = this;
		return { rows, last_message_id, through, more, reset: false };
	}

	#moveTo(id: string): Input {
		this.mark = { id, rev: this.mark.rev + 1 };
		return readUpdated(id, this.mark.rev);
	}

	#change(pick: number, make: (row: Message) => Message): Input | null {
		const live = this.live;
		const row = live[pick % Math.max(1, live.length)];
		if (!row) return null;
		const first = this.seq + 1;
		// Some take several numbers at once.
		this.seq += pick % 3 === 0 ? 3 : 1;
		const message = { ...make(row), rev: this.seq };
		this.rows[this.rows.indexOf(row)] = message;
		const change = { message, ...at(this.seq, first) };
		if (!message.is_deleted) return event("message_updated", change);
		const { lastMessageId: last_message_id } = this;
		return event("message_deleted", { ...change, last_message_id });
	}
}
