import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import type { HubInfo } from "@/api/types.ts";
import { Router } from "@/lib/router.tsx";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { forgetIntent, intendToJoin } from "./joinIntent.ts";
import Register from "./Register.tsx";

const preview = vi.hoisted(() => vi.fn());
const made = vi.hoisted(() => vi.fn<(body: object) => Promise<void>>());

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	previewInvite: preview,
	register: made,
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

/** Fills the form in and sends it; what the hub is asked for. */
async function send(): Promise<unknown> {
	fireEvent.change(name(), { target: { value: "asha" } });
	const password = screen.getByLabelText("Password");
	fireEvent.change(password, { target: { value: "banyan tree at noon" } });
	const button = screen.getByRole("button", { name: "Create an account" });
	await act(async () => button.click());
	return made.mock.lastCall?.[0];
}

beforeEach(() => {
	forgetIntent();
	made.mockReset();
	made.mockResolvedValue();
	preview.mockImplementation(() => new Promise<never>(() => {}));
});
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

it("keeps the code that was typed when the hub needs none any more", async () => {
	open(closed);
	const typed = { target: { value: "https://hub.example/invite/abcdefgh" } };
	fireEvent.change(invite(), typed);
	act(() => store.setState({ hub: { ...closed, registration: "open" } }));
	expect(invite()).toHaveProperty("value", typed.target.value);
	expect(await send()).toMatchObject({ invite: "abcdefgh" });
});

it.each(["", "/invite/abcdefgh"])(
	"leaves the field of the code there when it is as it was given again: %s",
	async (next) => {
		open(closed, next && `?next=${next}`);
		const given = next.split("/").at(-1) ?? "";
		const field = invite();
		fireEvent.change(field, { target: { value: "bcdefghi" } });
		act(() => store.setState({ hub: { ...closed, registration: "open" } }));
		field.focus();
		fireEvent.change(field, { target: { value: given } });
		expect(focused()).toBe(field);
		fireEvent.change(field, { target: { value: "" } });
		expect(focused()).toBe(field);
		expect(await send()).not.toHaveProperty("invite");
	},
);

it("joins by the code of the address only who sees it or has pressed so on its page", async () => {
	const next = "?next=/invite/abcdefgh";
	const joining = { invite: "abcdefgh" };
	open({ ...closed, registration: "open" }, next);
	expect(await send()).not.toHaveProperty("invite");
	cleanup();
	intendToJoin("abcdefgh");
	open({ ...closed, registration: "open" }, next);
	expect(await send()).toMatchObject(joining);
	cleanup();
	open(closed, next);
	expect(await send()).toMatchObject(joining);
});

it("shows the code to who has not meant it, where the hub turns out to need one", async () => {
	made.mockRejectedValueOnce(
		new ApiError({
			code: "registration_closed",
			status: 403,
			fields: [{ field: "invite", code: "required", message: "is needed" }],
		}),
	);
	open({ ...closed, registration: "open" }, "?next=/invite/abcdefgh");
	expect(await send()).not.toHaveProperty("invite");
	expect(invite()).toHaveProperty("value", "abcdefgh");
	expect(await send()).toMatchObject({ invite: "abcdefgh" });
});

it.each(["invite", "open"] as const)(
	"names where the invite leads, as long as it is the one: %s",
	async (registration) => {
		const server = { id: "1", name: "Garden Club", member_count: 3 };
		preview.mockResolvedValue({ code: "abcdefgh", opens_hub: true, server });
		open({ ...closed, registration }, "?next=/invite/abcdefgh");
		const title = "Create an account to join Garden Club";
		await screen.findByRole("heading", { name: title });
		screen.getByText("A name and a password are enough.");
		if (registration === "open") return;
		fireEvent.change(invite(), { target: { value: "bcdefghi" } });
		expect(screen.queryByRole("heading", { name: title })).toBeNull();
	},
);

it("says once why an invite makes no account", async () => {
	const server = { id: "1", name: "Garden Club", member_count: 3 };
	preview.mockResolvedValue({ code: "abcdefgh", opens_hub: false, server });
	open(closed, "?next=/invite/abcdefgh");
	await screen.findByText(/only for people who have an account here/u);
	expect(screen.queryByText("New accounts need an invite here.")).toBeNull();
	screen.getByRole("heading", { name: "Join Battala" });
	// Another one may.
	fireEvent.change(invite(), { target: { value: "bcdefghi" } });
	expect(screen.queryByText(/only for people who have an account/u)).toBeNull();
	screen.getByText("New accounts need an invite here.");
});

it("leads to signing in with what it was asked for, if anything", () => {
	const to = () => screen.getByText("Sign in").getAttribute("href");
	open(closed);
	expect(to()).toBe("/login");
	cleanup();
	open(closed, "?next=/app");
	expect(to()).toBe("/login?next=%2Fapp");
});
