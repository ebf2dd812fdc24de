import { type Catalog, useT } from "@/i18n/index.ts";
import { selectUnsent, signOut, useShallowStore } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { Dialog, DialogBody, DialogFoot } from "@/ui/Dialog.tsx";
import { unsentTexts } from "./unsent.ts";

/** Asks before one leaves with words that nobody has got. */
export default function SignOutDialog({ onClose }: { onClose: () => void }) {
	const t = useT();
	const unsent = useShallowStore(selectUnsent);
	const { messages, drafts } = unsent;
	const texts = messages + drafts;
	const leave = (keepsWriting: boolean) => {
		onClose();
		void signOut(keepsWriting);
	};
	return (
		<Dialog
			role="alertdialog"
			title={t.people.signOutTitle}
			onClose={onClose}
			width="wide"
		>
			<DialogBody>
				<div className="prose-body text-ui font-normal text-ink-2">
					{unsentTexts(t, unsent).map((text) => (
						<p key={text}>{text}</p>
					))}
					<p>{t.people.keepWriting(texts)}</p>
				</div>
			</DialogBody>
			<DialogFoot>
				<Button size="dialog" data-first onClick={onClose}>
					{t.ui.cancel}
				</Button>
				<Button look="danger" size="dialog" onClick={() => leave(false)}>
					{dropText(t, messages, drafts)}
				</Button>
				<Button look="primary" size="dialog" onClick={() => leave(true)}>
					{t.people.signOutKeep(texts)}
				</Button>
			</DialogFoot>
		</Dialog>
	);
}

/** The button says what goes. */
function dropText(t: Catalog, messages: number, drafts: number): string {
	if (messages > 0 && drafts > 0) return t.people.dropAll;
	return messages > 0
		? t.people.dropMessages(messages)
		: t.people.dropDrafts(drafts);
}
