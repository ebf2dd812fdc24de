import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { stubBrowser } from "../../tests/support/browser.ts";
import { SettingsFrame } from "./SettingsFrame.tsx";

afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
});

function open(tab: string | null, isPhone: boolean) {
	stubBrowser({ matches: isPhone });
	render(
		<SettingsFrame
			title="Settings"
			navLabel="Settings"
			closeLabel="Back"
			groups={[
				{
					tabs: [
						{ id: "you", label: "You", path: "/you", page: <form>Name</form> },
					],
				},
			]}
			tab={tab}
			onClose={() => {}}
			listPath="/list"
			foot={<button type="button">Leave</button>}
		/>,
	);
}

it.each([
	["a phone's list", null, true, true],
	["a phone's page", "you", true, false],
	["a desk", null, false, false],
])("has its foot only where no page is open: %s", (_at, tab, isPhone, has) => {
	open(tab, isPhone);
	expect(screen.queryByRole("button", { name: "Leave" }) !== null).toBe(has);
});
