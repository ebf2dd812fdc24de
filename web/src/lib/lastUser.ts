/**
 * A second witness of who uses this device, written at once and apart from the database: that one
 * may be full, or closed because another tab has a newer schema, just when it has to forget
 * someone. What is painted before the hub has answered needs both to agree.
 */
import type { Id } from "@/api/types.ts";

const KEY = "battala.user";
const NOBODY = "nobody";

/** `userId` uses this device from now on; null: nobody does. */
export function noteUser(userId: Id | null): void {
	try {
		localStorage.setItem(KEY, userId ?? NOBODY);
	} catch {
		try {
			// Closed or full: without a word the database alone decides.
			localStorage.removeItem(KEY);
		} catch {
			// Closed: then it was never written.
		}
	}
}

/** Whether somebody uses this device, as far as it is written down. */
export function isUserNoted(): boolean {
	try {
		const noted = localStorage.getItem(KEY);
		return noted !== null && noted !== NOBODY;
	} catch {
		return false;
	}
}

/** Whether nothing speaks against `userId` being who used this device last. */
export function mayBeUser(userId: Id): boolean {
	try {
		const noted = localStorage.getItem(KEY);
		return noted === null || noted === userId;
	} catch {
		return true;
	}
}
