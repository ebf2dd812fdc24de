import { act, cleanup, render } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { ready } from "../../../tests/support/samples.ts";
import { AuthFrame } from "./AuthFrame.tsx";

afterEach(cleanup);

it("has the hub's name as its title, as soon as that is known", () => {
	store.setState(initialState, true);
	document.title = "#general · Banyan";
	render(<AuthFrame title="Sign in">Form</AuthFrame>);
	expect(document.title).toBe("Battala Hub");
	act(() => store.setState({ hub: { ...ready.hub, name: "Neighbours" } }));
	expect(document.title).toBe("Neighbours");
});
