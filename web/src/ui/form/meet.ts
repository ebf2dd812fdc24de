/** What becomes of a form when the values it began with change under it. Knows no component. */

export type Values = Record<string, string>;

export type Meeting<V extends Values> = {
	values: V;
	/** Fields that both sides changed, differently. */
	disputed: (keyof V & string)[];
};

/**
 * `mine` was typed over `base`, and somebody else has saved `theirs` meanwhile. What I left alone
 * follows them, what only I touched stays, and what both touched is disputed and stays mine.
 */
export function meet<V extends Values>(
	base: V,
	mine: V,
	theirs: V,
): Meeting<V> {
	const values = { ...mine };
	const disputed: (keyof V & string)[] = [];
	for (const key of namesOf(theirs)) {
		if (isSame(base[key], theirs[key]) || isSame(mine[key], theirs[key]))
			continue;
		if (isSame(mine[key], base[key])) values[key] = theirs[key];
		else disputed.push(key);
	}
	return { values, disputed };
}

/** Space around a value is not kept, and so makes no difference. */
export function isSame(a: string | undefined, b: string | undefined): boolean {
	return (a ?? "").trim() === (b ?? "").trim();
}

export function namesOf<V extends Values>(values: V): (keyof V & string)[] {
	return Object.keys(values);
}
