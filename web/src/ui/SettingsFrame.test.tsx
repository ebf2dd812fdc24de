import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Router } from "@/lib/router.tsx";
import { stubBrowser } from "../../tests/support/browser.ts";
import { SettingsFrame } from "./SettingsFrame.tsx";

afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
});

function open(tab: string | null, isPhone: boolean) {
	stubBrowser({ matches: isPhone });
	render(
		<Router>
			<SettingsFrame
				title="Settings"
				navLabel="Settings"
				closeLabel="Back"
				groups={[
					{
						tabs: [
							{
								id: "you",
								label: "You",
								path: "/you",
								page: <form>Name</form>,
							},
						],
					},
				]}
				tab={tab}
				onClose={() => {}}
				listPath="/list"
				foot={<button type="button">Leave</button>}
			/>
		</Router>,
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

it.each([
	["as they came", { fromList: true }, "/you", [[-1]]],
	["in the place of a page that an address led to", null, "/list", []],
])(
	"leads from a phone's page back to its list %s",
	(_how, state, at, steps) => {
		history.replaceState(state, "", "/you");
		const go = vi.spyOn(history, "go").mockImplementation(() => {});
		open("you", true);
		fireEvent.click(screen.getByRole("link", { name: "Settings" }));
		expect(go.mock.calls).toEqual(steps);
		expect(location.pathname).toBe(at);
		go.mockRestore();
	},
);
