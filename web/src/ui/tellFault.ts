import { type Catalog, errorText, t } from "@/i18n/index.ts";
import { sameAccount } from "@/lib/forget.ts";
import { isOutOfReach } from "./reached.ts";
import { dismissAbout, toast } from "./toasts.ts";

/**
 * What was tried, and on what (an id): a notice is known by it. Its words may be those of another
 * one, and others the next time.
 */
export type Cause = readonly [
	tried: Exclude<keyof Catalog["notDone"], "because">,
	on?: string,
];

/**
 * Waits for what was pressed, and answers whether it is done. Where it is not, a notice says what
 * `failed` and why, until it is done at another try. What answers `false` was given up meanwhile.
 * Another account is told nothing.
 */
export async function attempt(
	cause: Cause,
	failed: string,
	tried: Promise<unknown>,
): Promise<boolean> {
	const isMine = sameAccount();
	try {
		if ((await tried) === false) return false;
	} catch (error) {
		if (isMine()) tellFault(cause, failed, error);
		return false;
	}
	if (!isMine()) return false;
	dismissFault(cause);
	return true;
}

/** It is done at another try. */
export function dismissFault(cause: Cause): void {
	dismissAbout(aboutOf(cause));
}

/**
 * Says what `failed` and why, where no place of its own says it; once, however often it does. What
 * was given up because another account came is nothing to whoever looks now.
 */
export function tellFault(cause: Cause, failed: string, error: unknown): void {
	if (error instanceof Error && "code" in error && error.code === "aborted")
		return;
	const { notDone } = t();
	toast(notDone.because(failed, errorText(t(), error)), {
		tone: "error",
		about: aboutOf(cause),
		isAway: isOutOfReach(error),
	});
}

function aboutOf(cause: Cause): string {
	return cause.join(" ");
}

const OPENING = "opening";

/** The code of what was to open has not come: most often because nothing does. */
export function tellNotOpened(): void {
	const about = OPENING;
	toast(t().ui.notOpened, { tone: "error", about, isAway: true });
}

/** It has come at another try. */
export function dismissNotOpened(): void {
	dismissAbout(OPENING);
}
