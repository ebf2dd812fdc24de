import { expect, it } from "vitest";
import { createTabs } from "./tabs.ts";

it("says nothing after its end, and does not fail over it", () => {
	const tabs = createTabs("closed");
	tabs.close();
	expect(() => tabs.post({ kind: "activity" })).not.toThrow();
});
