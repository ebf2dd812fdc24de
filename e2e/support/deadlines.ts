/**
 * How many times slower than usual this machine is: measured by `testkit slowness`, which the
 * Makefile runs before the journeys. Whoever runs them by hand has a machine of the usual speed.
 */
function slowness(): number {
	const told = Number(process.env.BATTALA_TEST_SLOWNESS);
	return told >= 1 ? told : 1;
}

/** A deadline that is `usualMs` on a machine that is neither slow nor busy. */
export function patience(usualMs: number): number {
	return Math.round(usualMs * slowness());
}
