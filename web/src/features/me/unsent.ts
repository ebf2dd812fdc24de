import type { Catalog } from "@/i18n/index.ts";
import type { selectUnsent } from "@/stores/index.ts";

/** What nobody has got, each kind in a sentence of its own. */
export function unsentTexts(
	t: Catalog,
	{ messages, drafts }: ReturnType<typeof selectUnsent>,
): string[] {
	return [
		...(messages > 0 ? [t.people.unsentMessages(messages)] : []),
		...(drafts > 0 ? [t.people.unsentDrafts(drafts)] : []),
	];
}
