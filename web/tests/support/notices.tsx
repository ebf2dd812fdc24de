// The notices on a page of their own, with the clock in the test's hand.
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { ToastRegion } from "@/ui/ToastRegion.tsx";
import { useToasts } from "@/ui/toasts.ts";

beforeEach(() => {
	vi.useFakeTimers();
	useToasts.setState({ shown: [], log: [] });
	// jsdom lays nothing out.
	vi.stubGlobal(
		"ResizeObserver",
		class {
			observe() {}
			disconnect() {}
		},
	);
	render(<ToastRegion />);
});

afterEach(() => {
	cleanup();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

export const wait = (ms: number) => act(() => vi.advanceTimersByTime(ms));

/** What is said, the oldest first. */
export const saidNow = () => useToasts.getState().shown.map(({ text }) => text);
