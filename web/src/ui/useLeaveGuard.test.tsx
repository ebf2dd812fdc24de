import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { goTo } from "@/lib/router.tsx";
import { closeAllDialogs, DialogHost } from "./dialogs.tsx";
import { useLeaveGuard } from "./useLeaveGuard.tsx";

function Changed() {
	useLeaveGuard(true);
	return <DialogHost />;
}

const question = () => screen.queryAllByText("Discard changes?");
const leave = () => act(() => goTo("/app"));

it("asks once whoever leaves, and again whoever has stayed", () => {
	render(<Changed />);
	leave();
	leave();
	expect(question()).toHaveLength(1);
	fireEvent.click(screen.getByRole("button", { name: "Keep editing" }));
	expect(question()).toHaveLength(0);
	leave();
	expect(question()).toHaveLength(1);
	fireEvent.click(screen.getByRole("button", { name: "Discard" }));
	expect(location.pathname).toBe("/app");
});

it("asks again when the question was taken away unanswered", () => {
	render(<Changed />);
	leave();
	act(closeAllDialogs);
	leave();
	expect(question()).toHaveLength(1);
	act(closeAllDialogs);
});
