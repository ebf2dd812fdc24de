/**
 * A second witness of who uses this device, written at once and apart from the database: that one
 * may be full, or closed because another tab has a newer schema, just when it has to forget
 * someone. What is painted before the hub has answered needs both to agree.
 */
import type { Id } from "@/api/types.ts";

const KEY = "battala.user";
/** Of whom nothing may stay, with commas between. */
const UNWANTED = "battala.user.unwanted";
/**
 * Who is or is no more one of them, where that could not be written down: for as long as this page is
 * there. Of all others what is written holds, by another tab as well.
 */
const unwritten = new Map<Id, boolean>();
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

/** Whether it is written down that `userId` uses this device. */
export function isUserNow(userId: Id): boolean {
	return isUserNoted() && mayBeUser(userId);
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

/**
 * Whoever signed out wants nothing kept of what they wrote: noted until the database has removed
 * it, which it may refuse at first.
 */
export function noteUnwanted(userId: Id): void {
	setUnwanted(userId, true);
}

/** It is removed. */
export function noteWanted(userId: Id): void {
	setUnwanted(userId, false);
}

export function unwantedUsers(): Id[] {
	const written = readUnwanted().filter((id) => !unwritten.has(id));
	const others = [...unwritten].filter(([, isUnwanted]) => isUnwanted);
	return [...written, ...others.map(([id]) => id)];
}

function setUnwanted(userId: Id, isUnwanted: boolean): void {
	unwritten.set(userId, isUnwanted);
	const userIds = unwantedUsers();
	try {
		if (userIds.length === 0) localStorage.removeItem(UNWANTED);
		else localStorage.setItem(UNWANTED, userIds.join(","));
		unwritten.clear();
	} catch {
		// Closed or full: until the next time.
	}
}

function readUnwanted(): Id[] {
	try {
		return (localStorage.getItem(UNWANTED) ?? "").split(",").filter(Boolean);
	} catch {
		return [];
	}
}
