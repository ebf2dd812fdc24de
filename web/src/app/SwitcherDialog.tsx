import { ProfileDialog } from "@/features/members/ProfileDialog.tsx";
import { Switcher } from "@/features/switcher/Switcher.tsx";
import { openDialog } from "@/ui/dialogs.tsx";

/** The quick switcher, whose people show their profile. */
export default function SwitcherDialog({ onClose }: { onClose: () => void }) {
	return (
		<Switcher
			onClose={onClose}
			openPerson={(person) =>
				openDialog((close) => <ProfileDialog {...person} onClose={close} />)
			}
		/>
	);
}
