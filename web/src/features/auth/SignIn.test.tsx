import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors.ts";
import type { Login } from "@/api/types.ts";
import { Router } from "@/lib/router.tsx";
import { SignIn } from "./SignIn.tsx";

const signIn = vi.hoisted(() => vi.fn<(body: Login) => Promise<void>>());

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	signIn,
}));

const wrong = new ApiError({ code: "invalid_credentials" });
const wait = (retryAfterMs: number, isRateSpent = false) =>
	new ApiError({ code: "rate_limited", retryAfterMs, isRateSpent });

const name = () => screen.getByLabelText("Name or e-mail");
const told = () => screen.getByRole("alert").textContent;
const button = (label: string | RegExp) =>
	screen.getByRole("button", { name: label });

function begin() {
	vi.useFakeTimers({ shouldAdvanceTime: true });
	const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
	render(
		<Router>
			<SignIn />
		</Router>,
	);
	return user;
}

beforeEach(() => {
	signIn.mockReset();
});
afterEach(() => {
	cleanup();
	vi.useRealTimers();
});

it("says why a name waits, for as long as it waits and for no other", async () => {
	signIn.mockRejectedValueOnce(wrong).mockRejectedValueOnce(wait(28_000));
	const user = begin();
	await user.type(name(), "asha");
	await user.type(screen.getByLabelText("Password"), "not this one{Enter}");
	await expect.poll(told).toBe("That name and password do not go together.");
	await user.click(button("Sign in"));
	await expect.poll(told).toMatch(/^Too many wrong passwords .* from here/);
	expect(button(/2[78] s/)).toHaveProperty("disabled", true);

	// Another name has not to wait, and is told nothing of it; the first one still has to.
	await user.clear(name());
	await user.type(name(), "babu");
	expect(button("Sign in")).toHaveProperty("disabled", false);
	expect(told()).toBe("");
	await user.clear(name());
	await user.type(name(), "Asha ");
	expect(button(/ s$/)).toHaveProperty("disabled", true);

	await vi.advanceTimersByTimeAsync(28_000);
	await expect.poll(told).toBe("");
	expect(button("Sign in")).toHaveProperty("disabled", false);
});

it("tells an owner whom others' guesses hold up what is left to them, in minutes", async () => {
	signIn.mockRejectedValueOnce(wait(300_000));
	const user = begin();
	await user.type(name(), "asha");
	await user.type(screen.getByLabelText("Password"), "the right one{Enter}");
	await expect.poll(told).toMatch(/others may have tried.*administrator/);
	expect(button("Try again in 5 min")).toHaveProperty("disabled", true);
});

it("does not speak of passwords when the whole address is too fast", async () => {
	signIn.mockRejectedValueOnce(wait(2000, true));
	const user = begin();
	await user.type(name(), "asha");
	await user.type(screen.getByLabelText("Password"), "anything{Enter}");
	await expect.poll(told).toBe("Too fast. Wait a moment.");
});
