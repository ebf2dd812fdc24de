import { type Catalog, useT } from "@/i18n/index.ts";
import { type ActionId, useBindings } from "./bindings.ts";
import { Keys } from "./Keys.tsx";

/** A row with keys that never change, or one whose keys the reader chose. */
type Row = { does: string } & ({ keys: string } | { id: ActionId });

type Group = { name: string; rows: readonly Row[] };

function groupsOf(
	{ app: { help } }: Catalog,
	mayMoveChannels: boolean,
): Group[] {
	const chosen = (id: ActionId): Row => ({ id, does: help[id] });
	const fixed = (keys: string, does: string): Row => ({ keys, does });
	return [
		{
			name: help.groups.everywhere,
			rows: [
				chosen("switcher"),
				chosen("settings"),
				chosen("help"),
				fixed("F6", help.landmark),
				fixed("Shift+F6", help.landmarkBack),
				fixed("Esc", help.escape),
			],
		},
		{
			name: help.groups.places,
			rows: [
				chosen("nextChannel"),
				chosen("previousChannel"),
				chosen("nextUnread"),
				chosen("previousUnread"),
				chosen("nextServer"),
				chosen("previousServer"),
				chosen("markServerRead"),
				...(mayMoveChannels ? [fixed("Ctrl+Shift+↑ ↓", help.moveChannel)] : []),
				fixed("Alt+Shift+↑ ↓", help.moveServer),
			],
		},
		{
			name: help.groups.writing,
			rows: [
				fixed("Enter", help.send),
				fixed("Shift+Enter", help.newLine),
				fixed("↑", help.editLast),
				fixed("A…Z", help.anyKey),
			],
		},
		{
			name: help.groups.messages,
			rows: [
				fixed("↑ ↓", help.walk),
				fixed("Home End", help.ends),
				chosen("edit"),
				chosen("copy"),
				chosen("unread"),
				chosen("remove"),
				fixed("Shift+F10", help.menu),
			],
		},
	];
}

type Props = {
	/** Only what cannot be changed, where the rest stands beside it to be changed. */
	only?: "fixed";
	/** Whether the reader may change the order that everybody sees. */
	mayMoveChannels: boolean;
};

/** The keys of the client as they are now, by what one is doing. */
export function KeyboardTable({ only, mayMoveChannels }: Props) {
	const t = useT();
	const bindings = useBindings();
	const shown = groupsOf(t, mayMoveChannels)
		.map(({ name, rows }) => ({
			name,
			rows: rows.filter((row) => only === undefined || "keys" in row),
		}))
		.filter(({ rows }) => rows.length > 0);
	return (
		<div className="grid grid-cols-1 gap-x-10 gap-y-5 tablet:grid-cols-2">
			{shown.map((group) => (
				<section key={group.name} className="grid content-start gap-1">
					<h3 className="mb-1 text-small text-ink-3">{group.name}</h3>
					<dl className="grid gap-1.5">
						{group.rows.map((row) => {
							const combo = "keys" in row ? row.keys : bindings[row.id];
							return (
								<div
									key={row.does}
									className="flex items-baseline justify-between gap-4"
								>
									<dt className="text-ui font-normal text-ink-1">{row.does}</dt>
									<dd className="shrink-0">
										{combo ? <Keys combo={combo} /> : "–"}
									</dd>
								</div>
							);
						})}
					</dl>
				</section>
			))}
		</div>
	);
}
