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
import { initialState, timelineWith } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { hubReached } from "@/ui/reached.ts";
import { useToasts } from "@/ui/toasts.ts";
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

beforeEach(() => hold(message));
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
	act(hubReached);
	expect(screen.queryByRole("alert")).toBeNull();
	expect(box).toHaveProperty("value", "Seven it is.");
});

it("has what was typed when one comes back to it, unless it was given up", () => {
	open();
	write("Seven it is.");
	cleanup();
	expect(useToasts.getState().shown).toEqual([]);
	expect(open()).toHaveProperty("value", "Seven it is.");
	fireEvent.keyDown(screen.getByRole("textbox"), { key: "Escape" });
	cleanup();
	expect(open()).toHaveProperty("value", "Sevn it is.");
});

it("offers what was typed when the message is deleted meanwhile", () => {
	open();
	write("Seven it is.");
	hold();
	cleanup();
	const [offer] = useToasts.getState().shown;
	expect(offer?.text).toBe("The message that you were changing was deleted.");
	expect(offer?.action?.label).toBe("Copy what you wrote");
});

it("offers nothing that was not typed", () => {
	open();
	hold();
	cleanup();
	expect(useToasts.getState().shown).toEqual([]);
});
