import { lazyPart } from "@/lib/lazyPart.ts";
import { getState, selectUnsent, signOut } from "@/stores/index.ts";
import { openDialog } from "@/ui/dialogs.tsx";

/** Needed while the hub is out of reach, which is why something is unsent: brought before that. */
export const loadSignOutDialog = () => import("./SignOutDialog.tsx");

const SignOutDialog = lazyPart(loadSignOutDialog);

/** Signs out, after a question where there are words that nobody has got. */
export function askToSignOut(): void {
	const { messages, drafts } = selectUnsent(getState());
	if (messages + drafts === 0) return void signOut();
	openDialog((close) => <SignOutDialog onClose={close} />);
}
