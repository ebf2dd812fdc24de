/**
 * Drafts outlive the page and are the same in every tab. Where a channel is named, a message in it
 * that is being changed may be as well (`lib/draftKey.ts`).
 */
import type { Id } from "@/api/types.ts";
import type { Db } from "@/lib/db.ts";
import { sameAccount } from "@/lib/forget.ts";
import type { Tabs } from "@/lib/tabs.ts";
import { dispatchLocal, getState } from "@/stores/store.ts";
import {
	dropOlderWords,
	dropOwnWords,
	keepLastWords,
	takeLastWords,
} from "./lastWords.ts";

/** Typing is not disk work: the last state of a moment is what counts. */
const saveAfterMs = 400;

export type Drafts = {
	restore: (userId: Id) => Promise<void>;
	save: (userId: Id, channelId: Id, text: string) => void;
	/** Stores it now; rejects when this device cannot. */
	keep: (userId: Id, channelId: Id, text: string) => Promise<void>;
	/** Takes over what other tabs write; returns how to stop. */
	follow: (userId: Id) => () => void;
};

export function createDrafts(db: Db, tabs: Tabs): Drafts {
	const timers = new Map<Id, ReturnType<typeof setTimeout>>();
	/** What the timers are going to store. */
	const due = new Map<Id, string>();
	let isLeaving = false;
	let lastWords: Record<Id, string> = {};
	const keep = (userId: Id, channelId: Id, text: string) => {
		clearTimeout(timers.get(channelId));
		timers.delete(channelId);
		due.delete(channelId);
		dropOlderWords(userId, channelId);
		tabs.post({ kind: "draft", userId, channelId, text });
		return db.saveDraft({ userId, channelId, text });
	};
	const store = (userId: Id, channelId: Id, text: string) => {
		keep(userId, channelId, text).catch(() => {
			// It stays on the screen; only a reload would lose it.
		});
	};
	/** A reload, the client's own included, must not cost the last words. */
	const storeAll = (userId: Id) => {
		if (due.size === 0) return;
		lastWords = { ...lastWords, ...Object.fromEntries(due) };
		keepLastWords(userId, lastWords);
		// The page may come back from the browser's memory: the database has them, too.
		for (const [channelId, text] of [...due]) store(userId, channelId, text);
	};
	return {
		async restore(userId) {
			const isTheirs = sameAccount();
			const drafts = await db.drafts(userId);
			if (!isTheirs()) return;
			const { drafts: last, forget } = takeLastWords(userId);
			// What has been typed since the start is newer.
			for (const [channelId, text] of Object.entries({ ...drafts, ...last })) {
				const shown = getState().drafts[channelId];
				if (shown === undefined || shown === drafts[channelId])
					dispatchLocal({ do: "draft", channelId, text });
			}
			const stored = Object.entries(last).map(([channelId, text]) => {
				tabs.post({ kind: "draft", userId, channelId, text });
				return db.saveDraft({ userId, channelId, text });
			});
			// Until then they are among those that this page leaves behind.
			lastWords = { ...last, ...lastWords };
			void Promise.all(stored)
				.then(forget, () => {})
				.finally(() => {
					if (isTheirs()) lastWords = {};
				});
		},
		save(userId, channelId, text) {
			clearTimeout(timers.get(channelId));
			// An emptied draft was sent: it must not come back from the disk.
			if (text === "") return store(userId, channelId, text);
			due.set(channelId, text);
			if (isLeaving) return storeAll(userId);
			const timer = setTimeout(store, saveAfterMs, userId, channelId, text);
			timers.set(channelId, timer);
		},
		keep,
		follow(userId) {
			// The composer hands over its own last words at the same event, before or after this.
			const onLeave = () => {
				isLeaving = true;
				storeAll(userId);
			};
			const onReturn = () => {
				isLeaving = false;
				lastWords = {};
				dropOwnWords();
			};
			window.addEventListener("pagehide", onLeave);
			window.addEventListener("pageshow", onReturn);
			const stop = tabs.listen((message) => {
				if (message.kind !== "draft" || message.userId !== userId) return;
				const { channelId, text } = message;
				dispatchLocal({ do: "draft", channelId, text });
			});
			return () => {
				stop();
				window.removeEventListener("pagehide", onLeave);
				window.removeEventListener("pageshow", onReturn);
				for (const timer of timers.values()) clearTimeout(timer);
				timers.clear();
				// Whoever ends for good wipes this device after that.
				for (const [channelId, text] of due)
					db.saveDraft({ userId, channelId, text }).catch(() => {});
				due.clear();
				lastWords = {};
				dropOwnWords();
			};
		},
	};
}
