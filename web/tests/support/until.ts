// The one place that says how long a unit test waits for what is to come.
import { vi } from "vitest";

/** A machine that does other things, too, may stand still for seconds; a wait that is over ends at once. */
export const patienceMs = 20_000;

/** Tries `check` again until it holds. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
	return vi.waitFor(check, { timeout: patienceMs });
}
