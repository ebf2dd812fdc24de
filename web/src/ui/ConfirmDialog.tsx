import { type ReactNode, useState } from "react";
import { errorText, useT } from "@/i18n";
import { Button } from "./Button";
import { Dialog, DialogBody, DialogFoot } from "./Dialog";
import { Field } from "./Field";
import { useFault } from "./reached";

type Props = {
	title: string;
	/** What will happen and what cannot be undone. */
	consequence: ReactNode;
	/** The verb on the button: *Delete channel*, not *OK*. */
	action: string;
	/** Ask to type this text first; only for what destroys a whole server. */
	typeToConfirm?: { label: string; text: string } | undefined;
	/** Does it. What it throws is shown, and the dialog stays. */
	onConfirm: () => Promise<void>;
	onClose: () => void;
};

/** What is typed or pasted, without the marks that the label keeps a name's direction with. */
function wordsIn(typed: string): string {
	return typed.replaceAll(/[\u2066-\u2069]/gu, "").trim();
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({
	title,
	consequence,
	action,
	typeToConfirm,
	onConfirm,
	onClose,
}: Props) {
	const t = useT();
	const [busy, setBusy] = useState(false);
	const [error, setError] = useFault();
	const [typed, setTyped] = useState("");
	const ready = !typeToConfirm || wordsIn(typed) === typeToConfirm.text;
	const confirm = async () => {
		if (busy || !ready) return;
		setBusy(true);
		setError(undefined);
		try {
			await onConfirm();
			onClose();
		} catch (failure) {
			setError(failure);
			setBusy(false);
		}
	};
	return (
		<Dialog role="alertdialog" title={title} onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void confirm();
				}}
			>
				<DialogBody>
					<div className="prose-body text-ui font-normal text-ink-2">
						{consequence}
					</div>
					{typeToConfirm ? (
						<Field
							label={typeToConfirm.label}
							value={typed}
							dir="auto"
							autoComplete="off"
							onChange={(event) => setTyped(event.target.value)}
						/>
					) : null}
					{error ? (
						<p role="alert" className="text-ui text-danger">
							{errorText(t, error)}
						</p>
					) : null}
				</DialogBody>
				<DialogFoot>
					<Button size="dialog" data-first onClick={onClose}>
						{t.ui.cancel}
					</Button>
					<Button
						look="danger"
						size="dialog"
						type="submit"
						busy={busy}
						disabled={!ready}
					>
						{action}
					</Button>
				</DialogFoot>
			</form>
		</Dialog>
	);
}
