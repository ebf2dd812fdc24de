import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { goTo, Link, Redirect, Router, useLocation } from "./router.tsx";

function Where() {
	const { pathname, state } = useLocation();
	return <output>{`${pathname} ${JSON.stringify(state)}`}</output>;
}

const here = () => screen.getByRole("status").textContent;

beforeEach(() => history.replaceState(null, "", "/start"));
afterEach(cleanup);

it("follows links, calls and the history", async () => {
	render(
		<Router>
			<Link to="/a" state={{ from: 1 }}>
				go
			</Link>
			<Where />
		</Router>,
	);
	fireEvent.click(screen.getByRole("link"));
	expect(here()).toBe('/a {"from":1}');
	act(() => goTo("/b", { replace: true }));
	expect(here()).toBe("/b null");
	act(() => goTo(-1));
	await expect.poll(here).toBe("/start null");
});

it("leaves links with a modifier to the browser", () => {
	render(
		<Router>
			<Link to="/a">go</Link>
			<Where />
		</Router>,
	);
	fireEvent.click(screen.getByRole("link"), { ctrlKey: true });
	expect(here()).toBe("/start null");
});

it("redirects without a step in the history", () => {
	const { length } = history;
	render(
		<Router>
			<Redirect to="/c" />
			<Where />
		</Router>,
	);
	expect(here()).toBe("/c null");
	expect(history.length).toBe(length);
});
