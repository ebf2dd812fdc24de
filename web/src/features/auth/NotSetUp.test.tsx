import {
	act,
	fireEvent,
	render,
	screen,
	waitFor,
} from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Router } from "@/lib/router.tsx";
import { ApiError } from "@/stores/index.ts";
import NotSetUp from "./NotSetUp.tsx";

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	loadHub: () => Promise.reject(new ApiError({ code: "network" })),
}));

const SAID = "The hub cannot be reached.";

function ask(): void {
	render(
		<Router>
			<NotSetUp />
		</Router>,
	);
	fireEvent.click(screen.getByRole("button", { name: "Check again" }));
}

const comeOnline = () => void window.dispatchEvent(new Event("online"));

it("says that the hub cannot be reached until there is a network again", async () => {
	ask();
	await screen.findByText(SAID);
	act(comeOnline);
	expect(screen.queryByText(SAID)).toBeNull();
});

it("does not go on saying it when the network comes in the very moment", async () => {
	const isOnline = new Promise<void>((done) => {
		new MutationObserver((_, observer) => {
			if (!screen.queryByText(SAID)) return;
			observer.disconnect();
			comeOnline();
			done();
		}).observe(document.body, { childList: true, subtree: true });
	});
	ask();
	await isOnline;
	await waitFor(() => expect(screen.queryByText(SAID)).toBeNull());
});
