import { type RefObject, useLayoutEffect } from "react";

/**
 * Tells the page how high its foot is, which begins where `above` ends: what floats over the page
 * stands above it. It knows nothing of what floats.
 */
export function useFoot(above: RefObject<HTMLElement | null>): void {
	useLayoutEffect(() => {
		const element = above.current;
		if (!element) return;
		const { style } = document.documentElement;
		const tell = () => {
			const { bottom } = element.getBoundingClientRect();
			style.setProperty("--foot", `${Math.max(0, innerHeight - bottom)}px`);
		};
		tell();
		const observer = new ResizeObserver(tell);
		observer.observe(element);
		window.addEventListener("resize", tell);
		return () => {
			observer.disconnect();
			window.removeEventListener("resize", tell);
			style.removeProperty("--foot");
		};
	}, [above]);
}
