import { getState, selectUnsent, signOut } from "@/stores/index.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { SignOutDialog } from "./SignOutDialog.tsx";

/** Signs out, after a question where there are words that nobody has got. */
export function askToSignOut(): void {
	const { messages, drafts } = selectUnsent(getState());
	if (messages + drafts === 0) return void signOut();
	openDialog((close) => <SignOutDialog onClose={close} />);
}
