// Who goes back to a place that is gone, and who follows a link to one.
import { cleanup, render, screen } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { Router } from "@/lib/router.tsx";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { me } from "../../tests/support/samples.ts";
import { useWasHere } from "./useWasHere.ts";

function Place({ isHere }: { isHere: boolean }) {
	return <output>{String(useWasHere(isHere))}</output>;
}

/** Comes to the present step of the history. */
function come(isHere: boolean): string | null {
	cleanup();
	render(
		<Router>
			<Place isHere={isHere} />
		</Router>,
	);
	return screen.getByRole("status").textContent;
}

function signIn(id: string): void {
	const session = {
		status: "signed_in",
		me: { ...me, id },
		sessionId: "1",
		isCached: false,
	} as const;
	store.setState({ ...initialState, session }, true);
}

beforeEach(() => {
	signIn("1");
	history.pushState({ fromList: true }, "", "/app/s/10/20");
});

it("knows a step at which the place was here, and leaves what else it says", () => {
	expect(come(true)).toBe("false");
	expect(come(false)).toBe("true");
	expect(history.state).toMatchObject({ fromList: true });
});

it("knows none of a link to what is not here", () => {
	come(true);
	history.pushState(null, "", "/app/s/10/20");
	expect(come(false)).toBe("false");
});

it("tells one account nothing of where another was", () => {
	come(true);
	signIn("2");
	expect(come(false)).toBe("false");
});
