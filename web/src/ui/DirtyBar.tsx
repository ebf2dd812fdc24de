import { useEffect } from "react";
import { useT } from "@/i18n/index.ts";
import { comboOf } from "@/lib/keys.ts";
import { Button } from "./Button.tsx";
import { isDialogOpen } from "./dialogs.tsx";
import type { Values } from "./form/meet.ts";
import { Waiting } from "./form/Submit.tsx";
import type { SavedForm } from "./form/useSavedForm.ts";
import { useLeaveGuard } from "./useLeaveGuard.tsx";

type Props<V extends Values> = {
	form: SavedForm<V>;
	/** The names of the fields, for where two changes meet. */
	labels: Record<keyof V & string, string>;
	/** How a value is shown that does not speak for itself. */
	wordOf?: (key: keyof V & string, value: string) => string;
};

/**
 * Slides up when something changed: Reset and Save, by Ctrl+S too. Leaving asks. Where somebody else
 * saved a field meanwhile, both values stand side by side until one is chosen.
 */
export function DirtyBar<V extends Values>({
	form,
	labels,
	wordOf = (_key, value) => value,
}: Props<V>) {
	const t = useT();
	const { isDirty, disputes, submit } = form;
	useLeaveGuard(isDirty);
	useEffect(() => {
		if (!isDirty) return;
		const onKey = (event: KeyboardEvent) => {
			if (comboOf(event) !== "Mod+S") return;
			event.preventDefault();
			if (!isDialogOpen()) void submit();
		};
		window.addEventListener("keydown", onKey);
		return () => window.removeEventListener("keydown", onKey);
	}, [isDirty, submit]);
	// The bar must not lie on the field that made it come.
	useEffect(() => {
		if (isDirty) document.activeElement?.scrollIntoView({ block: "nearest" });
	}, [isDirty]);
	if (!isDirty) return null;
	return (
		<section
			aria-label={t.ui.unsaved}
			className="fixed inset-x-4 bottom-4 z-10 mx-auto grid max-w-140 tablet:start-64 animate-rise rounded-card border border-line bg-raised shadow-overlay [--surface:var(--bg-raised)]"
		>
			<div role="status">
				{disputes.length > 0 ? (
					<p className="px-4 pt-3 text-ui">{t.ui.changedElsewhere}</p>
				) : null}
				{disputes.map(({ key, theirs, mine }) => (
					<Dispute
						key={key}
						label={labels[key]}
						theirs={wordOf(key, theirs)}
						mine={wordOf(key, mine)}
						onChoose={(side) => form.choose(key, side)}
					/>
				))}
			</div>
			<div className="flex items-center gap-2 py-2 ps-4 pe-2">
				<p className="grow text-ui">{t.ui.unsaved}</p>
				<Button look="quiet" onClick={form.reset}>
					{t.ui.reset}
				</Button>
				<Button
					look="primary"
					busy={form.busy}
					disabled={form.waitSeconds > 0 || disputes.length > 0}
					onClick={() => void submit()}
				>
					<Waiting seconds={form.waitSeconds}>{t.ui.save}</Waiting>
				</Button>
			</div>
		</section>
	);
}

type DisputeProps = {
	label: string;
	theirs: string;
	mine: string;
	onChoose: (side: "theirs" | "mine") => void;
};

/** One field that two people changed. */
function Dispute({ label, theirs, mine, onChoose }: DisputeProps) {
	const t = useT();
	return (
		<fieldset className="grid gap-1.5 px-4 pt-2 pb-1">
			<legend className="contents text-small text-ink-3">{label}</legend>
			<div className="flex flex-wrap gap-2">
				<Button
					className="h-auto! min-h-8 max-w-full py-1 text-start whitespace-normal! wrap-anywhere"
					onClick={() => onChoose("theirs")}
				>
					{t.ui.theirs(theirs)}
				</Button>
				<Button
					className="h-auto! min-h-8 max-w-full py-1 text-start whitespace-normal! wrap-anywhere"
					onClick={() => onChoose("mine")}
				>
					{t.ui.yours(mine)}
				</Button>
			</div>
		</fieldset>
	);
}
