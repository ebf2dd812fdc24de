import {
	createContext,
	type Dispatch,
	type ReactNode,
	type SetStateAction,
	useContext,
	useEffect,
	useRef,
} from "react";
import { useT } from "@/i18n/index.ts";
import type { Hiding } from "./parse.ts";
import { IsWithinPressable } from "./pressable.ts";

type Shown = ReadonlySet<number>;

/** The numbers of the spoilers of one text that were pressed. */
export const Uncovered = createContext<
	[Shown, Dispatch<SetStateAction<Shown>>]
>([new Set(), () => {}]);

/** What is hidden together, and whether this part is the one that the keyboard comes to. */
type Props = Hiding & { children: ReactNode };

/**
 * Hidden until pressed; while hidden a screen reader hears only that something is hidden, and no
 * colour, picture or line of it is to be seen. Within another one, or a link, it hides nothing:
 * what it stands in is pressed as a whole.
 */
export function Spoiler({ groups, isFirst, children }: Props) {
	const { isShown, place, press } = useCover<HTMLSpanElement>(groups);
	const isCovered = useContext(IsWithinPressable);
	if (isShown || isCovered)
		return (
			<span
				ref={place}
				tabIndex={isCovered ? undefined : -1}
				// In a text of two directions it stands where the button stood.
				className="rounded-chip bg-active px-1 [unicode-bidi:isolate]"
			>
				{children}
			</span>
		);
	return (
		<Cover
			isFirst={isFirst}
			onPress={press}
			className="rounded-chip bg-ink-3 px-1 select-none hover:bg-ink-2"
		>
			<span aria-hidden="true" inert className="invisible">
				<IsWithinPressable value={true}>{children}</IsWithinPressable>
			</span>
		</Cover>
	);
}

/** The same over whole paragraphs, quotes, lists and code, which cannot stand in a button. */
export function BlockSpoiler({ groups, isFirst, children }: Props) {
	const { isShown, place, press } = useCover<HTMLDivElement>(groups);
	const isCovered = useContext(IsWithinPressable);
	if (isShown || isCovered)
		return (
			<div
				ref={place}
				tabIndex={isCovered ? undefined : -1}
				className="my-0.5 rounded-control bg-active px-1 [&>p+p]:mt-2"
			>
				{children}
			</div>
		);
	return (
		<div className="relative my-0.5 rounded-control select-none">
			<div aria-hidden="true" inert className="invisible px-1 [&>p+p]:mt-2">
				<IsWithinPressable value={true}>{children}</IsWithinPressable>
			</div>
			<Cover
				isFirst={isFirst}
				onPress={press}
				className="absolute inset-0 w-full rounded-control bg-ink-3 hover:bg-ink-2"
			/>
		</div>
	);
}

/** What is pressed. The parts of one are one to keyboard and screen reader: the first of them. */
function Cover({
	isFirst,
	onPress,
	className,
	children,
}: {
	isFirst: boolean;
	onPress: () => void;
	className: string;
	children?: ReactNode;
}) {
	const t = useT();
	return (
		<button
			type="button"
			data-cover
			{...(isFirst ? {} : { tabIndex: -1, "aria-hidden": true })}
			onClick={onPress}
			className={className}
		>
			{isFirst ? (
				// Its own direction, or a text that begins with it had that of these words.
				<span dir="auto" className="sr-only">
					{t.chat.showSpoiler}
				</span>
			) : null}
			{children}
		</button>
	);
}

function useCover<E extends HTMLElement>(groups: readonly number[]) {
	const [shown, setShown] = useContext(Uncovered);
	const isShown = groups.every((group) => shown.has(group));
	const place = useRef<E>(null);
	const wasPressed = useRef(false);
	useEffect(() => {
		// The button that had the focus is gone: what it hid has it now.
		if (isShown && wasPressed.current)
			place.current?.focus({ preventScroll: true });
		wasPressed.current = false;
	}, [isShown]);
	const press = () => {
		wasPressed.current = true;
		setShown((before) => new Set([...before, ...groups]));
	};
	return { isShown, place, press };
}
