import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import {
	type FocusEvent,
	type RefObject,
	useEffect,
	useLayoutEffect,
	useRef,
	useState,
	useSyncExternalStore,
} from "react";
import { createPortal } from "react-dom";
import { useT } from "@/i18n";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { returnFocus } from "./opener";
import { useWhenReached } from "./reached";
import {
	dismissAway,
	dismissToast,
	lifetimeMs,
	type Toast,
	useToasts,
} from "./toasts";

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
 * The stack of notices, in the room that the page keeps for them (`NoticeSlot`), else in the bottom
 * corner, on a phone below the header. Rests while hovered or focused, and while nobody can see it.
 */
export function ToastRegion() {
	const t = useT();
	const shown = useToasts((state) => state.shown);
	const region = useRef<HTMLElement>(null);
	const [isTouched, setTouched] = useState(false);
	const held = useIsHidden() || isTouched;
	const look = () => setTouched(isUnderHand(region.current));
	// Who had the focus before the notices: it goes back there with the one that is answered.
	const opener = useRef<Element>(null);
	const noteOpener = ({ relatedTarget }: FocusEvent) => {
		setTouched(true);
		if (!region.current?.contains(relatedTarget))
			opener.current = relatedTarget;
	};
	const giveBack = () => {
		const { current } = opener;
		if (!region.current?.contains(document.activeElement)) return;
		// Whoever has scrolled on meanwhile stays where they are.
		const stay = { preventScroll: true };
		returnFocus(current instanceof HTMLElement ? current : null, stay);
	};
	useHeight(region, shown);
	useWhenReached(dismissAway);
	// Where they do not all fit, the newest is what is seen.
	useLayoutEffect(() => {
		const element = region.current;
		if (element && shown.length > 0) element.scrollTop = element.scrollHeight;
	}, [shown]);
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
			onFocus={noteOpener}
			onBlur={look}
			className="@container scroll-thin pointer-events-none fixed start-(--notice-start,0px) top-(--notice-top,calc(env(safe-area-inset-top)+3rem)) bottom-(--notice-bottom,auto) z-40 grid w-(--notice-width,100%) gap-2 p-2 empty:p-0 has-[>:nth-child(4)]:max-h-[40dvh] has-[>:nth-child(4)]:overflow-y-auto low:max-h-[40dvh] low:overflow-y-auto tablet:top-(--notice-top,auto) tablet:bottom-(--notice-bottom,0px) tablet:w-(--notice-width,24rem) tablet:max-w-96"
		>
			{shown.map((one) => (
				<ToastCard key={one.key} toast={one} held={held} onAnswer={giveBack} />
			))}
		</section>,
		document.body,
	);
}

/** Tells the page how high the notices are, all of them and when some of them stay. */
function useHeight(
	region: RefObject<HTMLElement | null>,
	shown: readonly Toast[],
): void {
	const stays = shown.some((one) => one.stays);
	useLayoutEffect(() => {
		const element = region.current;
		if (!element) return;
		const { style } = document.documentElement;
		const tell = () => {
			const px = `${element.offsetHeight}px`;
			style.setProperty("--notices", px);
			style.setProperty("--notices-standing", stays ? px : "0px");
		};
		tell();
		const observer = new ResizeObserver(tell);
		observer.observe(element);
		return () => observer.disconnect();
	}, [region, stays]);
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

type CardProps = {
	toast: Toast;
	held: boolean;
	/** One of its buttons was pressed, and goes with it. */
	onAnswer: () => void;
};

function ToastCard({ toast, held, onAnswer }: CardProps) {
	const t = useT();
	useEffect(() => {
		const ms = lifetimeMs(toast);
		if (held || ms === undefined) return;
		const timer = setTimeout(() => dismissToast(toast.key), ms);
		return () => clearTimeout(timer);
	}, [toast, held]);
	const { action } = toast;
	const answer = (then: (() => void) | undefined) => {
		onAnswer();
		dismissToast(toast.key);
		then?.();
	};
	return (
		<div className="pointer-events-auto grid animate-rise grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 rounded-card border border-line bg-raised py-1.5 ps-3 pe-1.5 shadow-overlay">
			{icons[toast.tone]}
			<p className="py-1.5 text-ui wrap-anywhere">{toast.text}</p>
			{action ? (
				<div className="col-span-full row-start-2 flex pe-1.5 pb-1 @xs:col-span-1 @xs:col-start-2">
					<Button
						className="h-auto! min-h-8 max-w-full shrink! py-1 text-start whitespace-normal!"
						onClick={() => answer(action.run)}
					>
						{action.label}
					</Button>
				</div>
			) : null}
			<IconButton
				label={t.ui.dismiss}
				onClick={() => answer(toast.onDismiss)}
				className="col-start-3 row-start-1"
			>
				<X aria-hidden="true" size={16} />
			</IconButton>
		</div>
	);
}
