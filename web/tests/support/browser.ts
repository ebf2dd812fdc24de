import { vi } from "vitest";

/** What the positioning of popovers asks of a browser and jsdom lacks, until `vi.unstubAllGlobals`. */
export function stubBrowser({ matches }: { matches: boolean }): void {
	vi.stubGlobal("matchMedia", () => ({
		matches,
		addEventListener: () => {},
		removeEventListener: () => {},
	}));
	vi.stubGlobal(
		"ResizeObserver",
		class {
			observe() {}
			unobserve() {}
			disconnect() {}
		},
	);
}
