import type { LucideIcon } from "lucide-react";

/** A menu is data, so that a button, a right click and a sheet on a phone show the same one. */
export type MenuItem =
	| {
			kind: "action";
			label: string;
			icon?: LucideIcon;
			shortcut?: string;
			danger?: boolean;
			disabled?: boolean;
			/** For choices: shows a tick. */
			checked?: boolean;
			hint?: string;
			run: () => void;
	  }
	| { kind: "separator" };

/** Drops what may not be done (`false`) and the separators that would then stand alone. */
export function menuOf(
	...parts: ReadonlyArray<MenuItem | false | undefined>
): MenuItem[] {
	const items: MenuItem[] = [];
	for (const part of parts) {
		if (!part) continue;
		const last = items.at(-1);
		if (part.kind === "separator" && (!last || last.kind === "separator"))
			continue;
		items.push(part);
	}
	if (items.at(-1)?.kind === "separator") items.pop();
	return items;
}
