// Where the inputs of properties begin. A run is repeated by the seed that a red property shows.

/** The same in every run, unless the run names another one; `make test-stress` takes one by chance. */
export const seed = seedOf(process.env.BATTALA_TEST_SEED);

export function seedOf(told: string | undefined): number {
	if (!told) return 1;
	const number = Number(told);
	// What fast-check would cut to fewer bits could not be named again.
	if (!Number.isInteger(number) || number !== (number | 0))
		throw new Error(`BATTALA_TEST_SEED is no whole number of 32 bits: ${told}`);
	return number;
}
