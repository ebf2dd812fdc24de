// Signing out where the code of the question does not come.
import { act, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { forgetAll } from "@/lib/forget.ts";
import { noteUser } from "@/lib/lastUser.ts";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { DialogHost } from "@/ui/dialogs.tsx";
import { useToasts } from "@/ui/toasts.ts";
import { me } from "../../../tests/support/samples.ts";
import { askToSignOut } from "./askToSignOut.tsx";

const signOut = vi.hoisted(() => vi.fn(async () => {}));

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	signOut,
}));
const reloadIfStale = vi.hoisted(() => vi.fn((_: unknown) => {}));
vi.mock(import("@/lib/staleCode.ts"), async (original) => ({
	...(await original()),
	reloadIfStale,
}));
vi.mock(import("./SignOutDialog.tsx"), () => {
	throw new TypeError("Failed to fetch dynamically imported module");
});

/** What was to be done before is done. */
const later = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
	vi.restoreAllMocks();
	signOut.mockClear();
	reloadIfStale.mockClear();
	const drafts = { "1": "half", "2": "more" };
	const session = {
		status: "signed_in",
		me,
		sessionId: "1",
		isCached: false,
	} as const;
	store.setState({ ...initialState, session, drafts }, true);
	noteUser(me.id);
	// React speaks of what a boundary caught.
	vi.spyOn(console, "error").mockImplementation(() => {});
});

it.each([true, false])(
	"asks by what the browser has, and keeps what is written: %s",
	async (answer) => {
		const confirm = vi.spyOn(window, "confirm").mockReturnValue(answer);
		render(<DialogHost />);
		act(askToSignOut);
		await expect.poll(() => confirm.mock.calls).toHaveLength(1);
		expect(confirm).toHaveBeenCalledWith(
			"Sign out?\n\n2 drafts are not finished.\n\nSign out and keep them",
		);
		await later();
		expect(signOut.mock.calls).toEqual(answer ? [[true]] : []);
		expect(reloadIfStale).toHaveBeenCalledTimes(answer ? 0 : 1);
		expect(useToasts.getState().shown).toEqual([]);
		expect(screen.queryByRole("alertdialog")).toBeNull();
	},
);

it.each([
	// What another tab says waits until the question is answered.
	["while the browser asked", () => setTimeout(forgetAll)],
	["and of whom this page has still to hear", () => noteUser("8")],
])("signs nobody out who has come %s", async (_, come) => {
	const confirm = vi.spyOn(window, "confirm").mockImplementation(() => {
		come();
		return true;
	});
	render(<DialogHost />);
	act(askToSignOut);
	await expect.poll(() => confirm.mock.calls).toHaveLength(1);
	await later();
	expect(signOut).not.toHaveBeenCalled();
});
