import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useT } from "@/i18n/index.ts";
import { plainKey } from "@/lib/plainKey.ts";
import { PANE_PX, type PaneWidth } from "./usePaneWidth.ts";

/** The movable edge of the channel list: drag it, or use the arrow keys; double press resets. */
export function PaneSeparator({ width }: { width: PaneWidth }) {
	const t = useT();
	const start = useRef<{ x: number; px: number } | undefined>(undefined);
	const onPointerDown = (event: PointerEvent<HTMLElement>) => {
		event.currentTarget.setPointerCapture(event.pointerId);
		start.current = { x: event.clientX, px: width.px };
	};
	const onPointerMove = (event: PointerEvent) => {
		if (!start.current) return;
		const direction = document.dir === "rtl" ? -1 : 1;
		width.set(start.current.px + direction * (event.clientX - start.current.x));
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const steps: Record<string, number> = {
			ArrowLeft: -1,
			ArrowRight: 1,
			Home: -99,
			End: 99,
		};
		const step = steps[plainKey(event)];
		if (step === undefined) return;
		event.preventDefault();
		width.nudge(step);
	};
	return (
		// biome-ignore lint/a11y/useSemanticElements: an <hr> cannot take the focus or be moved
		<div
			role="separator"
			aria-label={t.channels.resize}
			aria-orientation="vertical"
			aria-valuenow={width.px}
			aria-valuemin={PANE_PX.min}
			aria-valuemax={PANE_PX.max}
			tabIndex={0}
			onPointerDown={onPointerDown}
			onPointerMove={onPointerMove}
			onPointerUp={() => {
				start.current = undefined;
			}}
			onDoubleClick={width.reset}
			onKeyDown={onKeyDown}
			className="absolute inset-y-0 end-0 z-10 w-px cursor-col-resize touch-none bg-line before:absolute before:inset-y-0 before:-inset-x-1 hover:bg-leaf focus-visible:bg-leaf focus-visible:outline-offset-0"
		/>
	);
}
