import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Router } from "@/lib/router.tsx";
import { ApiError } from "@/stores/index.ts";
import NotSetUp from "./NotSetUp.tsx";

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	loadHub: () => Promise.reject(new ApiError({ code: "network" })),
}));

it("says that the hub cannot be reached until there is a network again", async () => {
	render(
		<Router>
			<NotSetUp />
		</Router>,
	);
	fireEvent.click(screen.getByRole("button", { name: "Check again" }));
	await screen.findByText("The hub cannot be reached.");
	act(() => void window.dispatchEvent(new Event("online")));
	expect(screen.queryByText("The hub cannot be reached.")).toBeNull();
});
