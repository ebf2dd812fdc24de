import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Message } from "@/api/types.ts";
import { loadHubTexts, t } from "@/i18n/index.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { bind, resetBindings } from "@/ui/bindings.ts";
import { useToasts } from "@/ui/toasts.ts";
import {
	bo,
	me,
	message,
	page,
	startLoad,
} from "../../../tests/support/samples.ts";
import { messageActFor } from "./messageKeys.ts";
import { makeUnread, messageMenu, removeMessage } from "./messageMenu.ts";

vi.mock(import("./messageMenu.ts"), async (original) => ({
	...(await original()),
	removeMessage: vi.fn(),
	makeUnread: vi.fn(),
}));

const mine = message(1, 1, { author: me });
const theirs = message(2, 2, { author: bo });

beforeAll(loadHubTexts);
beforeEach(() => {
	resetBindings();
	vi.mocked(removeMessage).mockClear();
	store.setState({
		session: { status: "signed_in", me, sessionId: "1", isCached: false },
		channelPermissions: {},
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

it("marks as unread what has a message before it, and says why nothing else can be", () => {
	const why =
		"The first message of a channel cannot be marked as unread: there is none before it.";
	const { channel_id: channelId } = theirs;
	store.setState(
		applyBatch(initialState, [
			startLoad(),
			page("newest", [mine, theirs], { has_older: false }),
		]),
	);
	expect(store.getState().timelines[channelId]?.ids).toHaveLength(2);
	messageActFor("U", mine)?.();
	expect(useToasts.getState().shown.map(({ text }) => text)).toEqual([why]);
	messageActFor("U", theirs)?.();
	expect(makeUnread).toHaveBeenCalledWith(theirs);
	expect(useToasts.getState().shown).toHaveLength(1);
});

it("offers nothing with a message of others but to copy it", () => {
	expect(messageActFor("E", theirs)).toBeUndefined();
	expect(messageActFor("Delete", theirs)).toBeUndefined();
	expect(messageActFor("Shift+Delete", theirs)).toBeUndefined();
	expect(messageActFor("C", theirs)).toBeDefined();
});

/** What the menu and the keys offer to do with a message, of what not everyone may. */
function offered(one: Message) {
	const labels = messageMenu(t(), one).map((it) => "label" in it && it.label);
	const inMenu = {
		edit: labels.includes("Edit"),
		remove: labels.includes("Delete message"),
	};
	const byKey = {
		edit: messageActFor("E", one) !== undefined,
		remove: messageActFor("Delete", one) !== undefined,
	};
	expect(byKey).toEqual(inMenu);
	return inMenu;
}

/** Everyone's without writing, with it, and with managing messages beside. */
const [READ, WRITE, MANAGE] = ["66560", "68609", "76801"];

it.each([
	[READ, { edit: false, remove: true }, { edit: false, remove: false }],
	[WRITE, { edit: true, remove: true }, { edit: false, remove: false }],
	[MANAGE, { edit: true, remove: true }, { edit: false, remove: true }],
])("offers what the hub would let me do with %s", (bits, own, others) => {
	store.setState({ channelPermissions: { [mine.channel_id]: bits } });
	expect(offered(mine)).toEqual(own);
	expect(offered(theirs)).toEqual(others);
});
