import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Channel } from "@/api/types.ts";
import { Router } from "@/lib/router.tsx";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { ChannelRow } from "./ChannelRow.tsx";

const channel = { id: "2", server_id: "1", name: "general" } as Channel;

function show(drafts: Record<string, string>, isCurrent = false): void {
	act(() => store.setState({ ...initialState, drafts }));
	render(
		<Router>
			<ChannelRow
				channel={channel}
				isCurrent={isCurrent}
				isStop
				isHeld={false}
				shift={0}
				take={undefined}
			/>
		</Router>,
	);
}

const pencil = () => document.querySelector("a .lucide-pencil");

beforeEach(() => store.setState(initialState, true));
afterEach(cleanup);

it("shows that a change of a message is begun in the channel", () => {
	show({ "2/7": "a change", "3/8": "elsewhere" });
	expect(pencil()).not.toBeNull();
	screen.getByRole("link", { name: "general, unsaved edit" });
});

it("says so beside a draft", () => {
	show({ "2": "half a thought", "2/7": "a change" });
	screen.getByRole("link", { name: "general, draft, unsaved edit" });
});

it("shows nothing of it where nothing is begun, or where one is", () => {
	show({ "3/8": "elsewhere", "2/9": " " });
	expect(pencil()).toBeNull();
	screen.getByRole("link", { name: "general" });
	cleanup();
	show({ "2/7": "a change" }, true);
	expect(pencil()).toBeNull();
	screen.getByRole("link", { name: "general" });
});
