import { expect, it, vi } from "vitest";
import { getLocale, startLocale, t } from "./locale.ts";

vi.mock(import("./bn/index.ts"), () => {
	throw new TypeError("Failed to fetch dynamically imported module");
});

it("starts in English where the words of the language remembered do not come", async () => {
	localStorage.setItem("battala.locale", "bn");
	await startLocale();
	expect(getLocale()).toBe("en");
	expect(t().common.cancel).toBe("Cancel");
	expect(document.documentElement.lang).toBe("en");
	expect(localStorage.getItem("battala.locale")).toBe("bn");
});
