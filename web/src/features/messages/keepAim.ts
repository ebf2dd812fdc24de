import type { ListRow } from "./listRows.ts";
import type { MessageVirtualizer } from "./useMessageVirtualizer.ts";

/**
 * Lets a jump that is still under way find its row where it is now. The virtualiser aims at an
 * index until the rows around it are measured, which takes frames; history that comes meanwhile
 * gives the index to another row, and the view would go there.
 */
export function keepAim(
	virtual: MessageVirtualizer,
	before: readonly ListRow[],
	rows: readonly ListRow[],
): void {
	const aim: { index: number | null; toEnd?: boolean } | null =
		// biome-ignore lint/complexity/useLiteralKeys: it is private, and its own way would begin anew
		virtual["scrollState"];
	if (aim?.index == null || aim.toEnd) return;
	const key = before[aim.index]?.key;
	if (key === undefined || rows[aim.index]?.key === key) return;
	const index = rows.findIndex((row) => row.key === key);
	if (index >= 0) aim.index = index;
}
