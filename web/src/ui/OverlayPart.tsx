import { type ReactNode, Suspense } from "react";
import { t } from "@/i18n/index.ts";
import { forgetFailed } from "@/lib/lazyPart.ts";
import { Boundary } from "./Boundary.tsx";
import { toast } from "./toasts.ts";

/**
 * What opens above the page. Where its code does not come it closes and says so, and the page below
 * stays; the next press asks for the code again.
 */
export function OverlayPart({
	onClose,
	children,
}: {
	onClose: () => void;
	children: ReactNode;
}) {
	const giveUp = () => {
		forgetFailed();
		onClose();
		toast(t().ui.notOpened, { tone: "error" });
	};
	return (
		<Boundary fallback={() => null} onFault={giveUp}>
			<Suspense>{children}</Suspense>
		</Boundary>
	);
}
