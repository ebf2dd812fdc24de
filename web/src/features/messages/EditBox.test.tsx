import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Message } from "@/api/types.ts";
import { forgetAll } from "@/lib/forget.ts";
import { ApiError } from "@/stores/index.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { initialState, timelineWith } from "@/stores/state.ts";
import { getState, store } from "@/stores/store.ts";
import { hubReached } from "@/ui/reached.ts";
import { resumeEditing, startEditing } from "./chatUi.ts";
import { EditBox } from "./EditBox.tsx";

const edit = vi.hoisted(() =>
	vi.fn(async (_: string, __: string, ___: string) => {}),
);

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	editMessage: edit as never,
}));

const message = {
	id: "5",
	channel_id: "2",
	server_id: "1",
	author: { id: "9", username: "asha", display_name: "Asha" },
	content: "Sevn it is.",
	created_at: 0,
} as Message;

function open() {
	render(<EditBox message={message} />);
	return screen.getByRole("textbox");
}

function write(value: string): void {
	fireEvent.change(screen.getByRole("textbox"), { target: { value } });
}

function hold(...messages: Message[]): void {
	store.setState({
		...initialState,
		timelines: { "2": timelineWith(messages) },
	});
}

beforeEach(() => {
	fillPorts({ saveDraft: () => {} } as unknown as Ports);
	hold(message);
});
afterEach(() => {
	cleanup();
	forgetAll();
});

it("says that the hub cannot be reached until it can, and keeps the text", async () => {
	edit.mockRejectedValueOnce(new ApiError({ code: "network" }));
	const box = open();
	write("Seven it is.");
	fireEvent.keyDown(box, { key: "Enter" });
	await screen.findByText("The hub cannot be reached.");
	// It may be heard of only after the text is there.
	await vi.waitFor(() => {
		act(hubReached);
		expect(screen.queryByRole("alert")).toBeNull();
	});
	expect(box).toHaveProperty("value", "Seven it is.");
});

it("has what was typed when one comes back to it, unless it was given up", () => {
	open();
	write("Seven it is.");
	cleanup();
	expect(open()).toHaveProperty("value", "Seven it is.");
	fireEvent.keyDown(screen.getByRole("textbox"), { key: "Escape" });
	cleanup();
	expect(open()).toHaveProperty("value", "Sevn it is.");
});

it("keeps nothing of a text that is as it was", () => {
	open();
	write("Seven it is.");
	expect(getState().drafts).toEqual({ "2/5": "Seven it is." });
	write("Sevn it is.");
	expect(getState().drafts).toEqual({});
});

it("takes the focus only from who asked for it", () => {
	startEditing(message.id);
	const asked = open();
	expect(document.activeElement).toBe(asked);
	cleanup();
	resumeEditing(message.id);
	const resumed = open();
	expect(document.activeElement).not.toBe(resumed);
});
