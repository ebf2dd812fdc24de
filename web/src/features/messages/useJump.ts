import {
	type RefObject,
	useCallback,
	useEffect,
	useMemo,
	useRef,
	useState,
} from "react";
import type { Id } from "@/api/types.ts";
import { listen } from "@/lib/listen.ts";
import { attempt, type Cause } from "@/ui/tellFault.ts";

/** To where what is new begins, or to the newest message. */
type Goal = "news" | "present";

export type Jumps = {
	/** What is being loaded to be jumped to. */
	goal: Goal | null;
	/** What fails is told as `failed`. */
	jump: (
		goal: Goal,
		failed: string,
		/** Answers whether the reader is there. */
		load: (left: AbortSignal) => Promise<boolean>,
	) => Promise<Outcome>;
};

/** `left`: the reader has gone on by themselves or by another jump, or it is under way already. */
type Outcome = "there" | "failed" | "left";

const KEYS: ReadonlySet<string> = new Set([
	"ArrowUp",
	"ArrowDown",
	"PageUp",
	"PageDown",
	"Home",
	"End",
]);

/**
 * Jumps within a channel that may have to load something first. Until that is there, the same press
 * does nothing; whoever scrolls, jumps elsewhere or leaves the channel has gone on by themselves.
 */
export function useJump(
	channelId: Id,
	pane: RefObject<HTMLElement | null>,
): Jumps {
	const [goal, setGoal] = useState<Goal | null>(null);
	const under = useRef<{ goal: Goal; control: AbortController }>(undefined);
	const leave = useCallback(() => {
		under.current?.control.abort();
		under.current = undefined;
		setGoal(null);
	}, []);
	useEffect(() => leave, [leave]);
	useEffect(() => {
		if (goal === null) return;
		const leaveIf =
			(isScrolled: (target: Element) => boolean) =>
			({ target }: Event) => {
				if (!(target instanceof Element)) return;
				if (pane.current?.contains(target) && isScrolled(target)) leave();
			};
		const drag = leaveIf(isScroller);
		const walk = leaveIf(isInList);
		return listen(
			document,
			{
				wheel: leaveIf(() => true),
				touchmove: leaveIf(() => true),
				pointerdown: drag,
				keydown: (event) => KEYS.has(event.key) && walk(event),
			},
			{ capture: true, passive: true },
		);
	}, [goal, leave, pane]);
	const jump = useCallback<Jumps["jump"]>(
		async (next, failed, load) => {
			if (under.current?.goal === next) return "left";
			leave();
			const control = new AbortController();
			under.current = { goal: next, control };
			setGoal(next);
			let isOvertaken = false;
			const loaded = load(control.signal).then((isThere) => {
				isOvertaken = !isThere;
				return isThere;
			});
			const cause: Cause = [next === "news" ? "news" : "newest", channelId];
			const isThere = await attempt(cause, failed, loaded);
			if (control.signal.aborted) return "left";
			leave();
			if (isOvertaken) return "left";
			return isThere ? "there" : "failed";
		},
		[leave, channelId],
	);
	return useMemo(() => ({ goal, jump }), [goal, jump]);
}

/** Only its bar is pressed by whoever presses the scroller itself. */
function isScroller(target: Element): boolean {
	return target.querySelector("#messages") !== null;
}

function isInList(target: Element): boolean {
	return target.closest("#messages") !== null;
}
