/**
 * What was typed in the moment before a page went. A database write that begins then is thrown
 * away with the page; this storage is written at once. Each tab has an entry of its own, or those
 * that go together would write over each other; it is held only until the next start.
 */
import type { Id } from "@/api/types.ts";
import { thisTab } from "@/lib/thisTab.ts";

/** Before there was an entry for each tab, this was the only one. */
const ALL = "battala.last-words";
const OWN = `${ALL}.${thisTab}`;
/** Tabs whose words wait at once; the oldest give way. */
const ENTRIES_MAX = 16;

type Taken = { drafts: Record<string, string>; forget: () => void };
type Words = { userId: Id; at: number; drafts: Record<string, string> };

export function keepLastWords(userId: Id, drafts: Words["drafts"]): void {
	const words: Words = { userId, at: Date.now(), drafts };
	quietly(() => {
		localStorage.setItem(OWN, JSON.stringify(words));
		for (const [key] of entries().slice(0, -ENTRIES_MAX))
			localStorage.removeItem(key);
	});
}

/**
 * The words of that account, the newest of each place, and how to forget these: the page that has
 * them may go as well, before they are kept elsewhere.
 */
export function takeLastWords(userId: Id): Taken {
	const found: [string, Words["drafts"]][] = [];
	quietly(() => {
		for (const [key, words] of entries())
			if (words === null || words.userId === userId)
				found.push([key, words?.drafts ?? {}]);
	});
	return {
		drafts: Object.assign({}, ...found.map(([, drafts]) => drafts)),
		forget: () => {
			for (const [key, drafts] of found) quietly(() => remove(key, drafts));
		},
	};
}

/** What was written there since is newer than what other tabs had when they went. */
export function dropOlderWords(userId: Id, place: string): void {
	quietly(() => {
		for (const [key, words] of entries()) {
			if (key === OWN || words?.userId !== userId) continue;
			const older = words.drafts[place];
			if (older !== undefined) remove(key, { [place]: older });
		}
	});
}

/** This tab's own, which are in the database as well. */
export function dropOwnWords(): void {
	quietly(() => localStorage.removeItem(OWN));
}

/** All of an account, from whichever tab. */
export function dropLastWords(userId: Id): void {
	takeLastWords(userId).forget();
}

/** Takes these out of an entry, and whatever nobody can read. */
function remove(key: string, drafts: Words["drafts"]): void {
	const words = read(key);
	const left = Object.entries(words?.drafts ?? {}).filter(
		([place, text]) => drafts[place] !== text,
	);
	if (words === null || left.length === 0) return localStorage.removeItem(key);
	const others = { ...words, drafts: Object.fromEntries(left) };
	localStorage.setItem(key, JSON.stringify(others));
}

/** The oldest first; null where nothing that can be read is kept. */
function entries(): [string, Words | null][] {
	return Object.keys(localStorage)
		.filter((key) => key === ALL || key.startsWith(`${ALL}.`))
		.map((key): [string, Words | null] => [key, read(key)])
		.sort(([, a], [, b]) => (a?.at ?? 0) - (b?.at ?? 0));
}

function read(key: string): Words | null {
	try {
		const words: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
		return isWords(words) ? { at: 0, ...words } : null;
	} catch {
		return null;
	}
}

/** Closed or full storage: what the database has must do. */
function quietly(write: () => void): void {
	try {
		write();
	} catch {}
}

function isWords(value: unknown): value is Omit<Words, "at"> {
	return (
		typeof value === "object" &&
		value !== null &&
		"userId" in value &&
		"drafts" in value &&
		typeof value.drafts === "object" &&
		value.drafts !== null &&
		Object.values(value.drafts).every((text) => typeof text === "string")
	);
}
