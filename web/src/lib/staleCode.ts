/**
 * A page that is older than the hub asks for code that no longer exists. Where somebody waits for it,
 * one silent reload brings the newer page; drafts and the outbox are stored, so nothing that was
 * written is lost. Code that is fetched beforehand, and what does without it, reloads nothing.
 */

const KEY = "battala.reloadedAt";
/** A second failure within this time is not cured by reloading. */
const ONCE_WITHIN_MS = 60_000;

/** What did not come, apart from what came and failed later. */
const missing = new WeakSet<Error>();

/** Takes note of code that does not come. */
export function noteMissingCode(): void {
	window.addEventListener("vite:preloadError", ({ payload }) => {
		missing.add(payload);
	});
}

/**
 * Somebody has to do without what has failed: reloads when that is code, and the hub is there; what
 * the newer page has to know is written down `before`.
 */
export function reloadIfStale(error: unknown, before = () => {}): void {
	if (error instanceof Error && missing.has(error))
		void reloadIfHubAnswers(before);
}

/** The same for code that is waited for where nothing is drawn. */
export async function orReload<T>(code: Promise<T>): Promise<T> {
	try {
		return await code;
	} catch (error) {
		reloadIfStale(error);
		throw error;
	}
}

async function reloadIfHubAnswers(before: () => void): Promise<void> {
	if (Date.now() - lastReload() < ONCE_WITHIN_MS) return;
	// Without a network the page on the screen is better than none.
	const answer = await fetch("/healthz", { cache: "no-store" }).catch(
		() => null,
	);
	if (!answer?.ok) return;
	before();
	sessionStorage.setItem(KEY, String(Date.now()));
	location.reload();
}

function lastReload(): number {
	return Number(sessionStorage.getItem(KEY) ?? 0);
}
