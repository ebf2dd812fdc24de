import { ProfileDialog } from "@/features/members/ProfileDialog.tsx";
import type { Ahead } from "@/features/switcher/ahead.ts";
import { Switcher } from "@/features/switcher/Switcher.tsx";
import { openDialog } from "@/ui/dialogs.tsx";

type Props = { ahead: Ahead; onClose: () => void };

/** The quick switcher, whose people show their profile. */
export default function SwitcherDialog({ ahead, onClose }: Props) {
	return (
		<Switcher
			ahead={ahead}
			onClose={onClose}
			openPerson={(person) =>
				openDialog((close) => <ProfileDialog {...person} onClose={close} />)
			}
		/>
	);
}
