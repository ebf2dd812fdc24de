import { type Catalog, useT } from "@/i18n/index.ts";
import { Keys } from "./Keys.tsx";

type Group = {
	name: string;
	rows: readonly (readonly [keys: string, does: string])[];
};

function groupsOf({ app: { help } }: Catalog): Group[] {
	return [
		{
			name: help.groups.everywhere,
			rows: [
				["Mod+K", help.switcher],
				["Mod+,", help.settings],
				["Mod+/", help.help],
				["F6", help.landmark],
				["Shift+F6", help.landmarkBack],
				["Esc", help.escape],
			],
		},
		{
			name: help.groups.places,
			rows: [
				["Alt+↓", help.nextChannel],
				["Alt+↑", help.previousChannel],
				["Alt+Shift+↓", help.nextUnread],
				["Alt+Shift+↑", help.previousUnread],
				["Mod+Alt+↓", help.nextServer],
				["Mod+Alt+↑", help.previousServer],
				["Shift+Esc", help.markServerRead],
			],
		},
		{
			name: help.groups.writing,
			rows: [
				["Enter", help.send],
				["Shift+Enter", help.newLine],
				["↑", help.editLast],
				["A…Z", help.anyKey],
			],
		},
		{
			name: help.groups.messages,
			rows: [
				["↑ ↓", help.walk],
				["Home", help.ends],
				["E", help.edit],
				["C", help.copy],
				["Del", help.remove],
				["Shift+F10", help.menu],
			],
		},
	];
}

/** Every key of the client, by what one is doing. */
export function KeyboardTable() {
	const t = useT();
	return (
		<div className="grid gap-x-10 gap-y-5 tablet:grid-cols-2">
			{groupsOf(t).map((group) => (
				<section key={group.name} className="grid content-start gap-1">
					<h3 className="mb-1 text-small text-ink-3">{group.name}</h3>
					<dl className="grid gap-1.5">
						{group.rows.map(([keys, does]) => (
							<div
								key={keys}
								className="flex items-baseline justify-between gap-4"
							>
								<dt className="text-ui font-normal text-ink-1">{does}</dt>
								<dd className="shrink-0">
									<Keys combo={keys} />
								</dd>
							</div>
						))}
					</dl>
				</section>
			))}
		</div>
	);
}
