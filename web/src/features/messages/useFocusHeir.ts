import { type RefCallback, useCallback, useLayoutEffect, useRef } from "react";

/**
 * For buttons that may go while one of them has the focus, as with a right: what is `around` it has it
 * then, or what is the `heir` there. Called by the component that takes them away.
 */
export function useFocusHeir(
	around: string,
	heir?: string,
): RefCallback<HTMLElement> {
	const left = useRef<HTMLElement | null>(null);
	useLayoutEffect(() => {
		const place = left.current;
		left.current = null;
		const next = heir ? place?.querySelector<HTMLElement>(heir) : place;
		next?.focus({ preventScroll: true });
	});
	return useCallback(
		(button: HTMLElement | null) => () => {
			if (button !== null && button === document.activeElement)
				left.current = button.closest<HTMLElement>(around);
		},
		[around],
	);
}
