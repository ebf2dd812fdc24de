/**
 * What this device keeps of an account: unsent messages, drafts, and a
 * snapshot to paint from. Everything is keyed by account and wiped with it.
 * Knows no meaning of what it stores.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Id } from "@/api/types.ts";

export type StoredMessage = {
	nonce: string;
	userId: Id;
	channelId: Id;
	content: string;
	createdAt: number;
	/** Grows with every message written on this device: the order to send in. */
	order: number;
	/** Why the hub refused it for good; null while it may still go. */
	failed: string | null;
};

type StoredDraft = { userId: Id; channelId: Id; text: string };
type StoredSnapshot = { userId: Id; version: number; state: unknown };

type Schema = DBSchema & {
	outbox: {
		key: number;
		value: Omit<StoredMessage, "order"> & { order?: number };
		indexes: { nonce: string; user: Id };
	};
	drafts: { key: [Id, Id]; value: StoredDraft; indexes: { user: Id } };
	snapshots: { key: Id; value: StoredSnapshot };
	meta: { key: string; value: string };
};

export type Db = {
	/** Adds a message at the end; its `order` is given by the store. */
	addMessage: (message: Omit<StoredMessage, "order">) => Promise<void>;
	messages: (userId: Id) => Promise<StoredMessage[]>;
	setFailed: (nonce: string, failed: string | null) => Promise<void>;
	removeMessage: (nonce: string) => Promise<void>;
	saveDraft: (draft: StoredDraft) => Promise<void>;
	drafts: (userId: Id) => Promise<Record<Id, string>>;
	saveSnapshot: (snapshot: StoredSnapshot) => Promise<void>;
	snapshot: (userId: Id) => Promise<StoredSnapshot | undefined>;
	/** Who used this device last and did not sign out. */
	lastUser: () => Promise<Id | undefined>;
	setLastUser: (userId: Id) => Promise<void>;
	/** Signed out here, while the hub could not be told. */
	isLeaving: () => Promise<boolean>;
	setLeaving: (isLeaving: boolean) => Promise<void>;
	/**
	 * Forgets the account; `keep` leaves what the user has written. Whether that is all there is of it
	 * on this device: a store without a disk cannot say.
	 */
	wipe: (userId: Id, keep: "nothing" | "writing") => Promise<boolean>;
	close: () => void;
};

export async function openDb(name = "battala"): Promise<Db> {
	const db = await openDB<Schema>(name, 1, {
		upgrade(fresh) {
			const outbox = fresh.createObjectStore("outbox", {
				keyPath: "order",
				autoIncrement: true,
			});
			outbox.createIndex("nonce", "nonce", { unique: true });
			outbox.createIndex("user", "userId");
			const drafts = fresh.createObjectStore("drafts", {
				keyPath: ["userId", "channelId"],
			});
			drafts.createIndex("user", "userId");
			fresh.createObjectStore("snapshots", { keyPath: "userId" });
			fresh.createObjectStore("meta");
		},
		// Another tab wants a newer schema: it must not wait for this one.
		blocking: (_old, _new, event) => {
			if (event.target instanceof IDBDatabase) event.target.close();
		},
	});
	return {
		...outboxOf(db),
		...draftsOf(db),
		...snapshotsOf(db),
		...wiping(db),
	};
}

type Database = IDBPDatabase<Schema>;

function outboxOf(db: Database) {
	return {
		async addMessage(message: Omit<StoredMessage, "order">) {
			await db.add("outbox", message);
		},
		async messages(userId: Id): Promise<StoredMessage[]> {
			const rows = await db.getAllFromIndex("outbox", "user", userId);
			return rows
				.map((row) => ({ ...row, order: row.order ?? 0 }))
				.sort((a, b) => a.order - b.order);
		},
		async setFailed(nonce: string, failed: string | null) {
			const tx = db.transaction("outbox", "readwrite");
			const row = await tx.store.index("nonce").get(nonce);
			if (row) await tx.store.put({ ...row, failed });
			await tx.done;
		},
		async removeMessage(nonce: string) {
			const tx = db.transaction("outbox", "readwrite");
			const key = await tx.store.index("nonce").getKey(nonce);
			if (key !== undefined) await tx.store.delete(key);
			await tx.done;
		},
	};
}

function draftsOf(db: Database) {
	return {
		async saveDraft(draft: StoredDraft) {
			if (draft.text === "")
				await db.delete("drafts", [draft.userId, draft.channelId]);
			else await db.put("drafts", draft);
		},
		async drafts(userId: Id): Promise<Record<Id, string>> {
			const rows = await db.getAllFromIndex("drafts", "user", userId);
			return Object.fromEntries(rows.map((row) => [row.channelId, row.text]));
		},
	};
}

function snapshotsOf(db: Database) {
	return {
		async saveSnapshot(snapshot: StoredSnapshot) {
			await db.put("snapshots", snapshot);
		},
		snapshot: (userId: Id) => db.get("snapshots", userId),
		lastUser: () => db.get("meta", "lastUser"),
		async setLastUser(userId: Id) {
			await db.put("meta", userId, "lastUser");
		},
		isLeaving: async () => (await db.get("meta", "leaving")) !== undefined,
		async setLeaving(isLeaving: boolean) {
			if (isLeaving) await db.put("meta", "yes", "leaving");
			else await db.delete("meta", "leaving");
		},
	};
}

function wiping(db: Database) {
	return {
		async wipe(userId: Id, keep: "nothing" | "writing"): Promise<boolean> {
			const tx = db.transaction(
				["outbox", "drafts", "snapshots", "meta"],
				"readwrite",
			);
			await tx.objectStore("snapshots").delete(userId);
			const meta = tx.objectStore("meta");
			// Somebody else may have come since.
			if ((await meta.get("lastUser")) === userId)
				await meta.delete("lastUser");
			if (keep === "nothing") {
				const outbox = tx.objectStore("outbox");
				for (const key of await outbox.index("user").getAllKeys(userId))
					await outbox.delete(key);
				const drafts = tx.objectStore("drafts");
				for (const key of await drafts.index("user").getAllKeys(userId))
					await drafts.delete(key);
			}
			await tx.done;
			return true;
		},
		close: () => db.close(),
	};
}
