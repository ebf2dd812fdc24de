import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import type { Me, PasswordResetLink } from "@/api/types.ts";
import { loadHubTexts } from "@/i18n/index.ts";
import { Router } from "@/lib/router.tsx";
import { closeAllDialogs, DialogHost } from "@/ui/dialogs.tsx";
import { ResetPassword } from "./ResetPassword.tsx";

const asha: Me = {
	id: "1",
	username: "asha",
	display_name: "Asha",
	avatar: null,
	kind: "human",
	email: null,
	is_admin: true,
	can_invite: false,
	created_at: 0,
	rev: 1,
};

const createPasswordReset = vi.hoisted(() =>
	vi.fn<(userId: string, body: object) => Promise<PasswordResetLink>>(),
);

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	createPasswordReset,
	useMe: () => asha,
}));

const wrong = new ApiError({
	code: "conflict",
	fields: [{ field: "current_password", code: "wrong", message: "" }],
});
const link = { url: "https://hub.example/reset#token=x", expires_at: 0 };

const named = { name: "Reset password of Babu" };
const password = () => screen.getByLabelText("Your password");

async function press(user: Me): Promise<void> {
	render(
		<Router>
			<ResetPassword user={user} />
			<DialogHost />
		</Router>,
	);
	await act(async () => fireEvent.click(screen.getByRole("button", named)));
}

beforeAll(loadHubTexts);
beforeEach(() => {
	createPasswordReset.mockReset();
});
afterEach(() => {
	act(closeAllDialogs);
	cleanup();
});

it("makes a link at once for who administers nothing", async () => {
	createPasswordReset.mockResolvedValueOnce(link);
	await press({ ...asha, id: "2", display_name: "Babu", is_admin: false });
	await screen.findByText(link.url);
	expect(createPasswordReset).toHaveBeenCalledExactlyOnceWith("2", {});
});

it("asks for the own password for another administrator, and keeps it when it is refused", async () => {
	createPasswordReset.mockRejectedValueOnce(wrong).mockResolvedValueOnce(link);
	await press({ ...asha, id: "2", display_name: "Babu" });
	expect(createPasswordReset).not.toHaveBeenCalled();
	const typed = { current_password: "banyan tree" };
	fireEvent.change(password(), { target: { value: typed.current_password } });
	await act(async () => fireEvent.submit(password()));
	screen.getByText("That is not your password.");
	expect(password()).toHaveProperty("value", typed.current_password);
	expect(document.activeElement).toBe(password());
	await act(async () => fireEvent.submit(password()));
	await screen.findByText(link.url);
	expect(createPasswordReset).toHaveBeenLastCalledWith("2", typed);
});

it("leads to the own settings for oneself", () => {
	render(
		<Router>
			<ResetPassword user={asha} />
		</Router>,
	);
	expect(screen.queryByRole("button")).toBeNull();
	const own = screen.getByRole("link", { name: "Change the password" });
	expect(own.getAttribute("href")).toBe("/app/settings/account");
});
