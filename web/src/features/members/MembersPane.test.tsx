import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { loadHubTexts } from "@/i18n/index.ts";
import { type Connection, initialState, type State } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { stubBrowser } from "../../../tests/support/browser.ts";
import { asha, bo, serverId } from "../../../tests/support/samples.ts";
import MembersPane from "./MembersPane.tsx";

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	subscribeMembers: () => {},
}));

const rows = [asha, bo].map((user) => ({
	user,
	joined_at: 0,
	is_owner: false,
	status: "online" as const,
}));
const [first] = rows;

type List = State["members"][string];

/** A list of so many who are there. */
function listOf(count: number, rows: List["rows"]): List {
	return { groups: [{ id: "online", count }], total: count, rows };
}

function show(status: "live" | "offline", members: List | undefined) {
	const connection: Connection = { status };
	const known = members ? { [serverId]: members } : {};
	store.setState({ ...initialState, connection, members: known }, true);
	render(<MembersPane serverId={serverId} />);
}

beforeAll(loadHubTexts);
// What the positioning of popovers asks of a browser and jsdom lacks.
beforeEach(() => {
	stubBrowser({ matches: false });
});
afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
});

const filter = () => screen.getByLabelText("Find a member");
const busy = () => document.querySelector("[aria-busy=true]");

it("speaks of those that are not loaded only where there are some", async () => {
	show("live", listOf(2, { ...rows }));
	await userEvent.type(filter(), "nobody");
	expect(screen.getByText("Nobody by that name.")).toBeTruthy();
	cleanup();
	show("live", listOf(300, { ...rows }));
	await userEvent.type(filter(), "nobody");
	expect(screen.getByText(/among those loaded/)).toBeTruthy();
});

it("does not wait without the hub for who is here", async () => {
	show("live", undefined);
	expect(busy()).not.toBeNull();
	cleanup();
	show("offline", undefined);
	expect(busy()).toBeNull();
	expect(screen.getByText(/is not known/)).toBeTruthy();
	await userEvent.type(filter(), "nobody");
	expect(screen.queryByText(/Nobody/)).toBeNull();
});

it("says of nobody that they are online when the hub cannot tell", async () => {
	show("live", listOf(1, first ? { 0: first } : {}));
	await userEvent.type(filter(), "asha");
	expect(screen.getByRole("button", { name: "Asha, Online" })).toBeTruthy();
	cleanup();
	show("offline", listOf(1, first ? { 0: first } : {}));
	await userEvent.type(filter(), "asha");
	await userEvent.click(
		screen.getByRole("button", { name: "Asha, status not known" }),
	);
	expect(screen.queryByText("Online")).toBeNull();
});
