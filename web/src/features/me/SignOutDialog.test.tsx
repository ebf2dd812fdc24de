import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, it } from "vitest";
import { loadHubTexts, setLocale } from "@/i18n/index.ts";
import { initialState, type State } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import SignOutDialog from "./SignOutDialog.tsx";

beforeAll(loadHubTexts);
afterEach(cleanup);

const waiting = {
	nonce: "n",
	channelId: "1",
	content: "words",
	createdAt: 0,
	state: { status: "queued" as const },
};
// What channels there are is not known yet: everything unsent may still be for one of them.
const servers = { ...initialState.servers, order: ["9"] };

function open(unsent: Pick<State, "drafts" | "outbox">): void {
	store.setState({ ...initialState, servers, ...unsent }, true);
	render(<SignOutDialog onClose={() => {}} />);
}

function dropButton(unsent: Pick<State, "drafts" | "outbox">) {
	open(unsent);
	const name = screen.getByText(/drop/).textContent;
	cleanup();
	return name;
}

it("says on the button what is thrown away", () => {
	const drafts = { "1": "half" };
	const outbox = { "1": [waiting] };
	expect(dropButton({ drafts, outbox: {} })).toBe("Sign out, drop the draft");
	expect(dropButton({ drafts: { ...drafts, "2": "more" }, outbox: {} })).toBe(
		"Sign out, drop 2 drafts",
	);
	expect(dropButton({ drafts: {}, outbox })).toBe("Sign out, drop the message");
	expect(dropButton({ drafts, outbox })).toBe("Sign out, drop everything");
});

it("speaks of one text as one, and of several as several", async () => {
	const drafts = { "1": "half" };
	const outbox = { "1": [waiting] };
	open({ drafts, outbox: {} });
	screen.getByText(/^It can stay on this device/);
	screen.getByText("Sign out and keep it");
	cleanup();
	open({ drafts, outbox });
	screen.getByText("1 message has not been sent.");
	screen.getByText("1 draft is not finished.");
	screen.getByText(/^They can stay on this device/);
	screen.getByText("Sign out and keep them");
	cleanup();
	await setLocale("bn");
	open({ drafts, outbox: {} });
	screen.getByText("লেখাটি রেখে সাইন আউট");
	cleanup();
	open({ drafts, outbox });
	screen.getByText("লেখাগুলো রেখে সাইন আউট");
	await setLocale("en");
});
