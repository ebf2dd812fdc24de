import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import {
	channelId,
	connected,
	serverId,
} from "../../../tests/support/samples.ts";
import { ChatHeader } from "./ChatHeader.tsx";

const topic = "Seeds, and what becomes of them";

/** On a phone, where one goes back to the list. */
function header(id = channelId) {
	const channel = {
		id,
		server_id: serverId,
		type: 0,
		name: "garden",
		topic,
		position: 0,
		created_at: 0,
	} as const;
	return (
		<ChatHeader
			channel={channel}
			onBack={() => {}}
			isMembersOpen={false}
			onToggleMembers={() => {}}
		/>
	);
}

const open = (id?: string) => render(header(id));

beforeEach(() => {
	const state = applyBatch(initialState, connected(1, "20"));
	const read = state.reads[channelId];
	store.setState(
		{
			...state,
			reads: read ? { [channelId]: { ...read, lastReadId: "19" } } : {},
		},
		true,
	);
});
afterEach(cleanup);

it("shows the topic by a press on the name where there is no room beside it", () => {
	open();
	const button = screen.getByRole("button", { name: "Topic of #garden" });
	expect(button.getAttribute("aria-expanded")).toBe("false");
	fireEvent.click(button);
	expect(button.getAttribute("aria-expanded")).toBe("true");
	const shown = document.getElementById(
		button.getAttribute("aria-controls") ?? "",
	);
	expect(shown?.textContent).toBe(topic);
	expect(screen.getByRole("heading", { name: "#garden" })).toBeDefined();
});

it("opens the topic of no other channel than the one where it was pressed", () => {
	const { rerender } = open();
	const button = screen.getByRole("button", { name: "Topic of #garden" });
	fireEvent.click(button);
	rerender(header("404"));
	expect(button.getAttribute("aria-expanded")).toBe("false");
});

it("says beside the way back whether something is unread elsewhere", () => {
	open();
	expect(
		screen.getByRole("button", { name: "Back to channels" }),
	).toBeDefined();
	cleanup();
	open("404");
	const back = { name: "Back to channels, some unread" };
	expect(screen.getByRole("button", back)).toBeDefined();
});
