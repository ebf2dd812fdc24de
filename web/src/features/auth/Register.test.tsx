import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { HubInfo } from "@/api/types.ts";
import { Router } from "@/lib/router.tsx";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import Register from "./Register.tsx";

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	previewInvite: () => new Promise<never>(() => {}),
}));

const closed: HubInfo = {
	name: "Battala",
	version: "1",
	generation: 1,
	setup_needed: false,
	registration: "invite",
	inviters: "named",
};

function open(hub: HubInfo | null, next = "") {
	store.setState({ ...initialState, hub }, true);
	history.replaceState(null, "", `/register${next}`);
	render(
		<Router>
			<Register />
		</Router>,
	);
}

const focused = () => document.activeElement;
const invite = () => screen.getByLabelText("Invite link or code");
const name = () => screen.getByLabelText("Name");

afterEach(cleanup);

it("begins with the invite where one is needed", () => {
	open(closed);
	expect(focused()).toBe(invite());
});

it("begins with the name where there is an invite already, or none is needed", () => {
	open(closed, "?next=/invite/abcdefgh");
	expect(invite()).toHaveProperty("value", "abcdefgh");
	expect(focused()).toBe(name());
	cleanup();
	open({ ...closed, registration: "open" });
	expect(focused()).toBe(name());
});

it("goes to the invite when the hub asks for one late, and not from what is typed", () => {
	open(null);
	expect(focused()).toBe(name());
	act(() => store.setState({ hub: closed }));
	expect(focused()).toBe(invite());
	cleanup();
	open(null);
	fireEvent.change(name(), { target: { value: "asha" } });
	act(() => store.setState({ hub: closed }));
	expect(focused()).toBe(name());
});
