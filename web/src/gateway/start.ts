/**
 * Starts the client: puts the parts together and begins with what this device
 * remembers. After `startClient` the store can be painted; the hub answers
 * when it answers.
 */
import { once } from "@/api/client.ts";
import { createHubClock } from "@/api/hubClock.ts";
import type { AuthResponse } from "@/api/types.ts";
import { type Db, openDb } from "@/lib/db.ts";
import { createLock } from "@/lib/locks.ts";
import { openMemoryDb } from "@/lib/memoryDb.ts";
import { isBeforeSession } from "@/lib/paths.ts";
import { createTabs } from "@/lib/tabs.ts";
import { loadHub } from "@/stores/actions/hub.ts";
import { dispatchLocal } from "@/stores/store.ts";
import { SessionDriver } from "./session.ts";
import { restoreSnapshot } from "./snapshot.ts";
import { removeUnwanted } from "./unwanted.ts";

/** Resolves when there is something to paint, without waiting for the hub. */
export async function startClient(): Promise<void> {
	const db = await openStorage();
	const clock = createHubClock(Date.now);
	const fetcher = clock.listening(fetch.bind(globalThis));
	const session = new SessionDriver({
		db,
		tabs: createTabs(),
		lock: createLock(),
		fetcher,
		refresh: () =>
			once<AuthResponse>(
				fetcher,
				{ method: "POST", path: "auth/refresh", auth: "cookie" },
				null,
			),
		now: Date.now,
		hubNow: clock.now,
		random: Math.random,
	});
	await removeUnwanted(db);
	const snapshot = await restoreSnapshot(db).catch(() => null);
	if (snapshot) dispatchLocal({ do: "restored", snapshot });
	void session.resume(!isBeforeSession(location.pathname));
	void loadHub().catch(() => {
		// Whoever needs it sees that it is missing; `ready` brings it, too.
	});
}

async function openStorage(): Promise<Db> {
	try {
		return await openDb();
	} catch {
		// Private windows may have none: then nothing outlives the page.
		return openMemoryDb();
	}
}
