import { useT } from "@/i18n/index.ts";
import { selectMayArrange, useStore } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { Button } from "@/ui/Button.tsx";
import {
	type ActionId,
	actionIds,
	isOwn,
	messageActionIds,
	pageActionIds,
	resetBindings,
	useBindings,
} from "@/ui/bindings.ts";
import { KeyboardTable } from "@/ui/KeyboardTable.tsx";
import { keysText } from "@/ui/Keys.tsx";
import { Section } from "@/ui/Section.tsx";
import { KeyRow } from "./KeyRow.tsx";
import { useKeyRecorder } from "./useKeyRecorder.ts";

/** The keys one may choose, each with what it does, and below them those that stay. */
export function KeyboardPage() {
	const t = useT();
	const mayMoveChannels = useStore(selectMayArrange);
	const bindings = useBindings();
	const recorder = useKeyRecorder((id, combo) =>
		announce(t.settings.keys.now(t.app.help[id], keysText(combo))),
	);
	const rowsOf = (ids: readonly ActionId[]) => (
		<ul className="grid grid-cols-1 gap-1">
			{ids.map((id) => (
				<KeyRow key={id} id={id} combo={bindings[id]} recorder={recorder} />
			))}
		</ul>
	);
	return (
		<>
			<Section lead={t.settings.keys.lead}>{rowsOf(pageActionIds)}</Section>
			<Section title={t.app.help.groups.messages}>
				{rowsOf(messageActionIds)}
				<div>
					<Button
						disabled={!actionIds.some((id) => isOwn(bindings, id))}
						onClick={resetBindings}
					>
						{t.settings.keys.resetAll}
					</Button>
				</div>
			</Section>
			<Section title={t.settings.keys.fixed}>
				<KeyboardTable only="fixed" mayMoveChannels={mayMoveChannels} />
			</Section>
		</>
	);
}
