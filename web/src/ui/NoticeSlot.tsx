import { useLayoutEffect, useRef } from "react";

type Props = {
	/** The end of its column at which it stands. */
	at: "head" | "foot";
};

/** The last one is where notices stand: what lies over a page may keep room of its own. */
const slots: HTMLElement[] = [];

/**
 * Room that a page keeps for notices, so that they cover nothing of it. It is as high as they are,
 * and tells the page where it stands; it knows nothing of what they say. On a phone it is room for
 * those that stay alone: what goes by itself is not to move what is read.
 */
export function NoticeSlot({ at }: Props) {
	const slot = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		const element = slot.current;
		if (!element) return;
		slots.push(element);
		tell();
		const observer = new ResizeObserver(tell);
		observer.observe(element);
		window.addEventListener("resize", tell);
		// What slides in stands elsewhere until it is there.
		window.addEventListener("animationend", tell);
		return () => {
			observer.disconnect();
			window.removeEventListener("resize", tell);
			window.removeEventListener("animationend", tell);
			slots.splice(slots.indexOf(element), 1);
			tell();
		};
	}, []);
	return (
		<div
			ref={slot}
			data-at={at}
			aria-hidden="true"
			className="h-(--notices-standing) shrink-0 tablet:h-(--notices)"
		/>
	);
}

const NAMES = ["start", "width", "top", "bottom"] as const;

function tell(): void {
	const { style } = document.documentElement;
	const place = placeOf(slots.at(-1));
	for (const name of NAMES) {
		if (place) style.setProperty(`--notice-${name}`, place[name]);
		else style.removeProperty(`--notice-${name}`);
	}
}

function placeOf(slot: HTMLElement | undefined) {
	if (!slot) return undefined;
	const { left, right, top, bottom, width } = slot.getBoundingClientRect();
	const isRtl = document.documentElement.dir === "rtl";
	const isHead = slot.dataset.at === "head";
	return {
		start: `${isRtl ? innerWidth - right : left}px`,
		width: `${width}px`,
		top: isHead ? `${top}px` : "auto",
		bottom: isHead ? "auto" : `${innerHeight - bottom}px`,
	};
}
