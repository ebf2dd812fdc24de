import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { useT } from "@/i18n";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { dismissToast, lifetimeMs, type Toast, useToasts } from "./toasts";

const icons = {
	info: <Info aria-hidden="true" size={18} className="shrink-0 text-info" />,
	success: (
		<CircleCheck aria-hidden="true" size={18} className="shrink-0 text-leaf" />
	),
	error: (
		<CircleAlert
			aria-hidden="true"
			size={18}
			className="shrink-0 text-danger"
		/>
	),
};

/**
 * The stack of notices: bottom corner, above what stands at the foot of the page (`useFoot`), on a
 * phone below the header, where the way back is. Rests while hovered or focused, and while nobody can see it.
 */
export function ToastRegion() {
	const t = useT();
	const shown = useToasts((state) => state.shown);
	const region = useRef<HTMLElement>(null);
	const [isTouched, setTouched] = useState(false);
	const held = useIsHidden() || isTouched;
	const look = () => setTouched(isUnderHand(region.current));
	// Nobody is told when the notice that had the pointer or the focus is removed.
	useEffect(() => {
		if (shown.length > 0) setTouched(isUnderHand(region.current));
	}, [shown]);
	// Beside the root, which is a layer of its own: a notice about what a dialog did is above it.
	return createPortal(
		<section
			ref={region}
			data-notices
			aria-label={t.ui.notices}
			onPointerEnter={() => setTouched(true)}
			onPointerLeave={look}
			onFocus={() => setTouched(true)}
			onBlur={look}
			className="pointer-events-none fixed inset-x-2 top-[calc(env(safe-area-inset-top)+3.5rem)] z-40 grid gap-2 tablet:inset-x-auto tablet:start-4 tablet:top-auto tablet:bottom-[calc(var(--foot,0px)+1rem)] tablet:w-90"
		>
			{shown.map((one) => (
				<ToastCard key={one.key} toast={one} held={held} />
			))}
		</section>,
		document.body,
	);
}

function isUnderHand(region: HTMLElement | null): boolean {
	if (!region) return false;
	return region.matches(":hover") || region.contains(document.activeElement);
}

function useIsHidden(): boolean {
	return useSyncExternalStore(
		onVisibility,
		() => document.visibilityState === "hidden",
	);
}

function onVisibility(listener: () => void): () => void {
	document.addEventListener("visibilitychange", listener);
	return () => document.removeEventListener("visibilitychange", listener);
}

function ToastCard({ toast, held }: { toast: Toast; held: boolean }) {
	const t = useT();
	useEffect(() => {
		const ms = lifetimeMs(toast);
		if (held || ms === undefined) return;
		const timer = setTimeout(() => dismissToast(toast.key), ms);
		return () => clearTimeout(timer);
	}, [toast, held]);
	const { action } = toast;
	const dismiss = () => {
		dismissToast(toast.key);
		toast.onDismiss?.();
	};
	return (
		<div className="pointer-events-auto grid animate-rise grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 rounded-card border border-line bg-raised py-1.5 ps-3.5 pe-1.5 shadow-overlay">
			{icons[toast.tone]}
			<p className="py-1.5 text-ui wrap-anywhere">{toast.text}</p>
			{action ? (
				<div className="col-start-2 row-start-2 flex pb-1">
					<Button
						onClick={() => {
							dismissToast(toast.key);
							action.run();
						}}
					>
						{action.label}
					</Button>
				</div>
			) : null}
			<IconButton
				label={t.ui.dismiss}
				onClick={dismiss}
				className="col-start-3 row-start-1"
			>
				<X aria-hidden="true" size={16} />
			</IconButton>
		</div>
	);
}
