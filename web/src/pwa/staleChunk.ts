/**
 * A page that is older than the hub asks for files that no longer exist. One
 * silent reload brings the newer page; drafts and the outbox are stored, so
 * nothing that was written is lost.
 */

const KEY = "battala.reloadedAt";
/** A second failure within this time is not cured by reloading. */
const ONCE_WITHIN_MS = 60_000;

/** Reloads when a part of this page is gone while the hub is there. */
export function reloadOnStaleChunk(): void {
	window.addEventListener("vite:preloadError", () => {
		void reloadIfHubAnswers();
	});
}

async function reloadIfHubAnswers(): Promise<void> {
	if (Date.now() - lastReload() < ONCE_WITHIN_MS) return;
	// Without a network the page on the screen is better than none.
	const answer = await fetch("/healthz", { cache: "no-store" }).catch(
		() => null,
	);
	if (!answer?.ok) return;
	sessionStorage.setItem(KEY, String(Date.now()));
	location.reload();
}

function lastReload(): number {
	return Number(sessionStorage.getItem(KEY) ?? 0);
}
