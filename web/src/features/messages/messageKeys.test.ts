import { beforeEach, expect, it, vi } from "vitest";
import { store } from "@/stores/store.ts";
import { bind, resetBindings } from "@/ui/bindings.ts";
import { bo, me, message } from "../../../tests/support/samples.ts";
import { messageActFor } from "./messageKeys.ts";
import { removeMessage } from "./messageMenu.ts";

vi.mock(import("./messageMenu.ts"), async (original) => ({
	...(await original()),
	removeMessage: vi.fn(),
}));

const mine = message(1, 1, { author: me });
const theirs = message(2, 2, { author: bo });

beforeEach(() => {
	resetBindings();
	vi.mocked(removeMessage).mockClear();
	store.setState({
		session: { status: "signed_in", me, sessionId: "1", isCached: false },
	});
});

it("does what the chosen key says, and no longer what it used to", () => {
	bind("remove", "X");
	expect(messageActFor("Delete", mine)).toBeUndefined();
	messageActFor("X", mine)?.();
	expect(removeMessage).toHaveBeenLastCalledWith(mine, false);
	messageActFor("Shift+X", mine)?.();
	expect(removeMessage).toHaveBeenLastCalledWith(mine, true);
});

it("asks before it deletes where Shift and the key have been given to deleting itself", () => {
	bind("remove", "Shift+X");
	messageActFor("Shift+X", mine)?.();
	expect(removeMessage).toHaveBeenLastCalledWith(mine, false);
});

it("offers nothing with a message of others but to copy it", () => {
	expect(messageActFor("E", theirs)).toBeUndefined();
	expect(messageActFor("Delete", theirs)).toBeUndefined();
	expect(messageActFor("Shift+Delete", theirs)).toBeUndefined();
	expect(messageActFor("C", theirs)).toBeDefined();
});
