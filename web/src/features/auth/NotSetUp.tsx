import { useState } from "react";
import { errorText, useT } from "@/i18n/index.ts";
import { loadHub } from "@/stores/index.ts";
import { Lantern } from "@/ui/art/scenes.tsx";
import { Button } from "@/ui/Button.tsx";
import { FormFault } from "@/ui/form/Submit.tsx";
import { useFault } from "@/ui/reached.ts";
import { AuthFrame } from "./AuthFrame.tsx";

/** What everyone but the installer sees of a hub that has no administrator yet. */
export default function NotSetUp() {
	const t = useT();
	const [busy, setBusy] = useState(false);
	const [fault, setFault] = useFault();
	const look = async () => {
		setBusy(true);
		setFault(undefined);
		await loadHub().catch(setFault);
		setBusy(false);
	};
	return (
		<AuthFrame title={t.auth.notSetUpTitle} lead={t.auth.notSetUp}>
			<div className="grid justify-items-center">
				<Lantern />
			</div>
			<FormFault text={fault ? errorText(t, fault) : undefined} />
			<Button size="wide" busy={busy} onClick={() => void look()}>
				{t.auth.checkAgain}
			</Button>
		</AuthFrame>
	);
}
