/**
 * The invite that somebody in this tab wants to accept as soon as they are signed in, because they
 * pressed so on its page. Kept in memory alone: no link and no reload can bring it about.
 */
let wanted: string | null = null;

export function intendToJoin(code: string): void {
	wanted = code;
}

/** Whether `code` is meant, without taking it. */
export function isIntended(code: string): boolean {
	return wanted === code;
}

/** Whether `code` was meant; asked once, after which nothing is wanted any more. */
export function takeIntent(code: string): boolean {
	const isMeant = wanted === code;
	wanted = null;
	return isMeant;
}

/** Registration has joined already. */
export function forgetIntent(): void {
	wanted = null;
}
