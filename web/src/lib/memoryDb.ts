/** `Db` without a disk, for browsers that refuse one. */
import type { Db, StoredMessage } from "./db.ts";

export function openMemoryDb(): Db {
	let messages: StoredMessage[] = [];
	let order = 0;
	return {
		async addMessage(message) {
			order += 1;
			messages.push({ ...message, order });
		},
		messages: async (userId) => messages.filter((row) => row.userId === userId),
		async setFailed(nonce, failed) {
			messages = messages.map((row) =>
				row.nonce === nonce ? { ...row, failed } : row,
			);
		},
		async removeMessage(nonce) {
			messages = messages.filter((row) => row.nonce !== nonce);
		},
		// What the store has in memory is all there is of these.
		saveDraft: async () => {},
		drafts: async () => ({}),
		saveSnapshot: async () => {},
		snapshot: async () => undefined,
		lastUser: async () => undefined,
		setLastUser: async () => {},
		isLeaving: async () => false,
		setLeaving: async () => {},
		async wipe(userId, keep) {
			if (keep === "nothing")
				messages = messages.filter((row) => row.userId !== userId);
			return false;
		},
		close: () => {},
	};
}
