import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { noteUser } from "@/lib/lastUser.ts";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { Unreachable } from "./Unreachable.tsx";

const KEPT = /Nothing that you wrote is lost/;

beforeEach(() => {
	localStorage.clear();
	store.setState({ ...initialState, trouble: "database" }, true);
});
afterEach(cleanup);

it("tells whoever has been here that what they wrote is not lost", async () => {
	noteUser("7");
	render(<Unreachable />);
	expect(await screen.findByText(KEPT)).toBeTruthy();
});

it("tells a stranger, who has written nothing, what is away", async () => {
	for (const [forget, trouble, words] of [
		[() => {}, "database", /its database is not/],
		[() => noteUser(null), "storage", /no space left/],
	] as const) {
		forget();
		store.setState({ trouble });
		render(<Unreachable />);
		expect(await screen.findByText(words)).toBeTruthy();
		expect(screen.queryByText(KEPT)).toBeNull();
		cleanup();
	}
});
