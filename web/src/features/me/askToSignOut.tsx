import { t } from "@/i18n/index.ts";
import { sameAccount } from "@/lib/forget.ts";
import { mayBeUser } from "@/lib/lastUser.ts";
import { forgetFailed, lazyPart } from "@/lib/lazyPart.ts";
import { reloadIfStale } from "@/lib/staleCode.ts";
import { getState, selectMe, selectUnsent, signOut } from "@/stores/index.ts";
import { Boundary } from "@/ui/Boundary.tsx";
import { openDialog } from "@/ui/dialogs.tsx";
import { unsentTexts } from "./unsent.ts";

/** Needed while the hub is out of reach, which is why something is unsent: brought before that. */
export const loadSignOutDialog = () => import("./SignOutDialog.tsx");

const SignOutDialog = lazyPart(loadSignOutDialog);

/** Signs out, after a question where there are words that nobody has got. */
export function askToSignOut(): void {
	const { messages, drafts } = selectUnsent(getState());
	if (messages + drafts === 0) return void signOut();
	openDialog((close) => <Question onClose={close} />);
}

/** Where its code does not come, the browser asks: nobody is kept signed in for want of a dialog. */
function Question({ onClose }: { onClose: () => void }) {
	const askPlainly = (fault: Error) => {
		forgetFailed();
		onClose();
		const isMine = sameAccount();
		const myId = selectMe(getState())?.id;
		// It may be wanted to keep nothing, which only the newer page can ask.
		if (!window.confirm(plainQuestion())) return reloadIfStale(fault);
		// The page has heard no other tab meanwhile: first it does, who may be somebody else by now.
		// What that one wrote down is there even where its word comes later.
		setTimeout(() => {
			if (isMine() && myId && mayBeUser(myId)) void signOut(true);
		});
	};
	return (
		<Boundary fallback={() => null} onFault={askPlainly}>
			<SignOutDialog onClose={onClose} />
		</Boundary>
	);
}

/** It can be answered by yes or no only: by yes, nothing is lost. */
function plainQuestion(): string {
	const { people } = t();
	const unsent = selectUnsent(getState());
	return [
		people.signOutTitle,
		...unsentTexts(t(), unsent),
		people.signOutKeep(unsent.messages + unsent.drafts),
	].join("\n\n");
}
