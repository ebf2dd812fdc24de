import { type ReactNode, Suspense, useEffect, useRef } from "react";
import { forgetFailed } from "@/lib/lazyPart.ts";
import { reloadIfStale } from "@/lib/staleCode.ts";
import { Boundary } from "./Boundary.tsx";
import { dismissNotOpened, tellNotOpened } from "./tellFault.ts";

/**
 * What opens above the page. Where its code does not come it closes and says so, and the page below
 * stays; the next press asks for the code again.
 */
export function OverlayPart({
	onClose,
	onOpened,
	children,
}: {
	onClose: () => void;
	onOpened?: (() => void) | undefined;
	children: ReactNode;
}) {
	const giveUp = (fault: Error) => {
		reloadIfStale(fault);
		forgetFailed();
		onClose();
		tellNotOpened();
	};
	return (
		<Boundary fallback={() => null} onFault={giveUp}>
			<Suspense>
				{children}
				<Opened onOpened={onOpened} />
			</Suspense>
		</Boundary>
	);
}

function Opened({ onOpened }: { onOpened: (() => void) | undefined }) {
	const latest = useRef(onOpened);
	useEffect(() => {
		dismissNotOpened();
		latest.current?.();
	}, []);
	return null;
}
