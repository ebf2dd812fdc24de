import { type ReactNode, Suspense, useEffect } from "react";
import { forgetFailed } from "@/lib/lazyPart.ts";
import { Boundary } from "./Boundary.tsx";
import { dismissNotOpened, tellNotOpened } from "./tellFault.ts";

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
		tellNotOpened();
	};
	return (
		<Boundary fallback={() => null} onFault={giveUp}>
			<Suspense>
				{children}
				<Opened />
			</Suspense>
		</Boundary>
	);
}

function Opened() {
	useEffect(dismissNotOpened, []);
	return null;
}
