import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { HubInfo, SetupHub, UpdateMe } from "@/api/types.ts";
import { Router } from "@/lib/router.tsx";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import Setup from "./Setup.tsx";

const setUp = vi.hoisted(() => vi.fn(async (_: SetupHub) => {}));
const update = vi.hoisted(() => vi.fn(async (_: UpdateMe) => ({})));

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	setupHub: setUp,
	updateProfile: update as never,
}));

const fresh: HubInfo = {
	name: "Battala Hub",
	version: "1",
	generation: 1,
	setup_needed: true,
	registration: "invite",
	inviters: "named",
};

function open(hub: HubInfo | null) {
	store.setState({ ...initialState, hub }, true);
	history.replaceState(null, "", "/setup#token=abc");
	return render(
		<Router>
			<Setup />
		</Router>,
	);
}

function write(label: string, value: string): void {
	fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

beforeEach(() => {
	setUp.mockClear();
	update.mockClear();
});
afterEach(cleanup);

it("begins with what the settings say, and by invite where they say nothing", async () => {
	open(null);
	const name = screen.getByLabelText("Name of the hub");
	const choice = (label: RegExp) => screen.getByRole("radio", { name: label });
	expect(choice(/Invite only/)).toHaveProperty("checked", true);
	expect(name).toHaveProperty("value", "");
	const hub = {
		...fresh,
		name: "Under the tree",
		registration: "open",
	} as const;
	act(() => store.setState({ hub }));
	await expect.poll(() => name).toHaveProperty("value", "Under the tree");
	expect(choice(/Everyone/)).toHaveProperty("checked", true);
});

it("shows the administrator's name as it was typed", async () => {
	open(fresh);
	write("Name of the hub", "Tree");
	write("Name", "Asha");
	write("Password", "banyan tree at noon");
	await act(async () => {
		fireEvent.submit(screen.getByLabelText("Name"));
	});
	await expect.poll(() => setUp.mock.calls.length).toBe(1);
	expect(setUp.mock.calls[0]?.[0]).toMatchObject({
		hub_name: "Tree",
		username: "Asha",
		registration: "invite",
	});
	await expect
		.poll(() => update.mock.calls[0]?.[0])
		.toEqual({ display_name: "Asha" });
});

it("does not ask again on a hub that is set up", () => {
	open({ ...fresh, setup_needed: false });
	expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(
		"This hub is set up",
	);
	expect(screen.queryByLabelText("Name of the hub")).toBeNull();
	expect(screen.getByRole("link", { name: "Sign in" })).toHaveProperty(
		"pathname",
		"/login",
	);
});
