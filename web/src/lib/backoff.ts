/** Growing waits between retries. */

const firstMs = 1000;
const mostMs = 30_000;

/**
 * Milliseconds to wait before the `attempt`-th retry (from 1): doubling up to
 * half a minute, half of it by chance, so that clients do not come back as one.
 * `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
	const full = Math.min(mostMs, firstMs * 2 ** (attempt - 1));
	return Math.round(full / 2 + (full / 2) * random);
}
