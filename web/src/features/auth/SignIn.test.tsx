import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
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
	vi.useFakeTimers();
	render(
		<Router>
			<SignIn />
		</Router>,
	);
}

async function tryAs(login: string): Promise<void> {
	fireEvent.change(name(), { target: { value: login } });
	const password = screen.getByLabelText("Password");
	fireEvent.change(password, { target: { value: "anything" } });
	await act(async () => {
		fireEvent.submit(password);
	});
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
	begin();
	await tryAs("asha");
	expect(told()).toBe("That name and password do not go together.");
	await tryAs("asha");
	expect(told()).toMatch(/^Too many wrong passwords .* from here/);
	expect(button(/2[78] s/)).toHaveProperty("disabled", true);

	// Another name has not to wait, and is told nothing of it; the first one still has to.
	fireEvent.change(name(), { target: { value: "babu" } });
	expect(button("Sign in")).toHaveProperty("disabled", false);
	expect(told()).toBe("");
	fireEvent.change(name(), { target: { value: "Asha " } });
	expect(button(/ s$/)).toHaveProperty("disabled", true);

	await act(() => vi.advanceTimersByTimeAsync(28_000));
	expect(told()).toBe("");
	expect(button("Sign in")).toHaveProperty("disabled", false);
});

it("tells an owner whom others' guesses hold up what is left to them, in minutes", async () => {
	signIn.mockRejectedValueOnce(wait(300_000));
	begin();
	await tryAs("asha");
	expect(told()).toMatch(/others may have tried.*administrator/);
	expect(button("Try again in 5 min")).toHaveProperty("disabled", true);
});

it("does not speak of passwords when the whole address is too fast", async () => {
	signIn.mockRejectedValueOnce(wait(2000, true));
	begin();
	await tryAs("asha");
	expect(told()).toBe("Too fast. Wait a moment.");
});
