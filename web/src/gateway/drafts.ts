/** Drafts outlive the page and are the same in every tab. */
import type { Id } from "@/api/types.ts";
import type { Db } from "@/lib/db.ts";
import type { Tabs } from "@/lib/tabs.ts";
import { dispatchLocal, getState } from "@/stores/store.ts";

/** Typing is not disk work: the last state of a moment is what counts. */
const saveAfterMs = 400;

export type Drafts = {
	restore: (userId: Id) => Promise<void>;
	save: (userId: Id, channelId: Id, text: string) => void;
	/** Takes over what other tabs write; returns how to stop. */
	follow: (userId: Id) => () => void;
};

export function createDrafts(db: Db, tabs: Tabs): Drafts {
	const timers = new Map<Id, ReturnType<typeof setTimeout>>();
	/** What the timers are going to store. */
	const due = new Map<Id, () => void>();
	const store = (userId: Id, channelId: Id, text: string) => {
		clearTimeout(timers.get(channelId));
		timers.delete(channelId);
		due.delete(channelId);
		tabs.post({ kind: "draft", userId, channelId, text });
		db.saveDraft({ userId, channelId, text }).catch(() => {
			// It stays on the screen; only a reload would lose it.
		});
	};
	return {
		async restore(userId) {
			const drafts = await db.drafts(userId);
			// What has been typed since the start is newer.
			for (const [channelId, text] of Object.entries(drafts))
				if (getState().drafts[channelId] === undefined)
					dispatchLocal({ do: "draft", channelId, text });
		},
		save(userId, channelId, text) {
			clearTimeout(timers.get(channelId));
			// An emptied draft was sent: it must not come back from the disk.
			if (text === "") return store(userId, channelId, text);
			const storeNow = () => store(userId, channelId, text);
			due.set(channelId, storeNow);
			timers.set(channelId, setTimeout(storeNow, saveAfterMs));
		},
		follow(userId) {
			// A reload, the client's own included, must not cost the last words.
			const storeAll = () => {
				for (const storeNow of [...due.values()]) storeNow();
			};
			window.addEventListener("pagehide", storeAll);
			const stop = tabs.listen((message) => {
				if (message.kind !== "draft" || message.userId !== userId) return;
				const { channelId, text } = message;
				dispatchLocal({ do: "draft", channelId, text });
			});
			return () => {
				stop();
				window.removeEventListener("pagehide", storeAll);
				for (const timer of timers.values()) clearTimeout(timer);
				timers.clear();
				due.clear();
			};
		},
	};
}
