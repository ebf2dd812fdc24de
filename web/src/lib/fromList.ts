/**
 * Left in the history by a step from a list to what it names: where both fill the screen in turn, the
 * way back to the list is one step back, and not one more step forth.
 */
export const fromList = { fromList: true };

export function cameFromList(state: unknown): boolean {
	return typeof state === "object" && state !== null && "fromList" in state;
}
