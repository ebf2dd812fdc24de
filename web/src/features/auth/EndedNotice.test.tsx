import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { EndReason } from "@/api/types.ts";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { EndedNotice } from "./EndedNotice.tsx";

const kept = "What you wrote is kept for when you sign in again.";

afterEach(cleanup);

it.each<[EndReason, boolean, string | undefined]>([
	["revoked", true, `You were signed out from another device. ${kept}`],
	["revoked", false, "You were signed out from another device."],
	[
		"password_changed",
		true,
		`The password was changed. Sign in again. ${kept}`,
	],
	[
		"too_many",
		false,
		"You are signed in in too many places, so this one was signed out.",
	],
	[
		"token_reused",
		false,
		"Somebody else may have used this session, so it was ended. Sign in again, and change your password.",
	],
	["unknown", false, "Your session has ended. Sign in again."],
	["signed_out", true, undefined],
])("says why one is here, and what is kept: %s, %s", (reason, isKept, text) => {
	const session = { status: "signed_out", reason, isKept } as const;
	store.setState({ ...initialState, session }, true);
	render(<EndedNotice />);
	expect(screen.queryByRole("status")?.textContent).toBe(text);
});
