import { useEffect } from "react";
import { useT } from "@/i18n/index.ts";
import { Button } from "./Button.tsx";

type Props = {
	isDirty: boolean;
	busy: boolean;
	waitSeconds?: number;
	onReset: () => void;
	onSave: () => void;
};

/** Slides up when something changed; Ctrl+S saves; leaving the page asks. */
export function DirtyBar({
	isDirty,
	busy,
	waitSeconds = 0,
	onReset,
	onSave,
}: Props) {
	const t = useT();
	useEffect(() => {
		if (!isDirty) return;
		const onKey = (event: KeyboardEvent) => {
			if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey))
				return;
			event.preventDefault();
			onSave();
		};
		const onLeave = (event: BeforeUnloadEvent) => event.preventDefault();
		window.addEventListener("keydown", onKey);
		window.addEventListener("beforeunload", onLeave);
		return () => {
			window.removeEventListener("keydown", onKey);
			window.removeEventListener("beforeunload", onLeave);
		};
	}, [isDirty, onSave]);
	if (!isDirty) return null;
	return (
		<section
			aria-label={t.ui.unsaved}
			className="fixed inset-x-4 bottom-4 z-10 mx-auto flex max-w-140 animate-rise items-center gap-2 rounded-card border border-line bg-raised py-2 ps-4 pe-2 shadow-overlay"
		>
			<p className="grow text-ui">{t.ui.unsaved}</p>
			<Button look="quiet" onClick={onReset}>
				{t.ui.reset}
			</Button>
			<Button
				look="primary"
				busy={busy}
				disabled={waitSeconds > 0}
				onClick={onSave}
			>
				{t.ui.save}
			</Button>
		</section>
	);
}
