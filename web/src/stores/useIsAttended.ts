import { useSyncExternalStore } from "react";

/** Whether someone is looking: the page is visible and has the focus. */
export function useIsAttended(): boolean {
	return useSyncExternalStore(subscribe, isAttended);
}

function isAttended(): boolean {
	return document.visibilityState === "visible" && document.hasFocus();
}

function subscribe(listener: () => void): () => void {
	window.addEventListener("focus", listener);
	window.addEventListener("blur", listener);
	document.addEventListener("visibilitychange", listener);
	return () => {
		window.removeEventListener("focus", listener);
		window.removeEventListener("blur", listener);
		document.removeEventListener("visibilitychange", listener);
	};
}
