// Words whose place is gone: whoever dismisses a notice drops what it offered, and nothing else.
import { beforeEach, expect, it, vi } from "vitest";
import { forgetAll } from "@/lib/forget.ts";
import {
	connected,
	channelId as presentId,
} from "../../../tests/support/samples.ts";
import { applyBatch } from "../applyBatch.ts";
import { fillPorts, type Ports } from "../ports.ts";
import { initialState, type Pending } from "../state.ts";
import { getState, store } from "../store.ts";
import {
	forgetGone,
	isBack,
	takeGone,
	takeOrphans,
	textOf,
} from "./lostWords.ts";
import { setDraft } from "./messages.ts";

/** A channel that is not there any more. */
const channelId = "2999";
const draft = () => getState().drafts[channelId] ?? "";
const unsent = (content: string): Pending => ({
	nonce: content,
	channelId,
	content,
	createdAt: 1,
	state: { status: "failed", code: "not_found" },
});
const gone = (draft: string, ...waiting: string[]) => ({
	channelId,
	draft,
	unsent: waiting.map(unsent),
	edits: [],
});

const discard = vi.fn(async (_: string, __: string) => {});
const keepDraft = vi.fn(async (_: string, __: string) => {});

beforeEach(() => {
	forgetAll();
	discard.mockClear();
	keepDraft.mockReset();
	const outbox = { discard };
	fillPorts({ outbox, keepDraft, saveDraft: vi.fn() } as unknown as Ports);
	store.setState(applyBatch(initialState, connected(4, "4")), true);
});

it("drops what was copied or dismissed", () => {
	forgetGone(takeGone([gone("old words")]));
	expect(draft()).toBe("");
});

it("keeps what was written since by who came back", () => {
	const lost = takeGone([gone("old words")]);
	setDraft(channelId, "old words and more");
	forgetGone(lost);
	expect(draft()).toBe("old words and more");
});

it("leaves the composer of a channel that is there again as it is", () => {
	const back = takeGone([{ ...gone("old words"), channelId: presentId }]);
	expect(isBack(back)).toBe(true);
	forgetGone(back);
	expect(getState().drafts[presentId]).toBe("old words");
	const half = takeGone([
		{ ...gone("old words"), channelId: presentId },
		gone("others"),
	]);
	expect(isBack(half)).toBe(false);
	forgetGone(half);
	expect(getState().drafts[presentId]).toBe("old words");
	expect(draft()).toBe("");
});

it("drops of one channel what each of two notices offered, and only with it", () => {
	const first = takeGone([gone("old words")]);
	setDraft(channelId, "old words and more");
	const second = takeGone([gone("old words and more")]);
	forgetGone(first);
	expect(draft()).toBe("old words and more");
	// The other notice still has them before somebody.
	expect(takeOrphans().size).toBe(0);
	forgetGone(second);
	expect(draft()).toBe("");
});

it("takes a message for part of the draft only where it is one whole", () => {
	const words = textOf(takeGone([gone("yesterday", "yes")]));
	expect(words).toBe("yes\n\nyesterday");
	// Another tab may have put together the same.
	expect(textOf(takeGone([gone(words, "yes")]))).toBe(words);
});

it("takes in what was being changed", () => {
	const edits = [{ key: `${channelId}/5`, text: "seven" }];
	const words = textOf(takeGone([{ ...gone("draft", "sent"), edits }]));
	expect(words).toBe("sent\n\nseven\n\ndraft");
});

it("discards what waited only when the draft that takes it in is stored", async () => {
	let stored = () => {};
	keepDraft.mockImplementationOnce(
		() =>
			new Promise((done) => {
				stored = done;
			}),
	);
	takeGone([gone("", "words")]);
	expect(keepDraft).toHaveBeenCalledWith(channelId, "words");
	await Promise.resolve();
	expect(discard).not.toHaveBeenCalled();
	stored();
	await vi.waitFor(() =>
		expect(discard).toHaveBeenCalledWith(channelId, "words"),
	);

	discard.mockClear();
	keepDraft.mockRejectedValueOnce(new Error("the disk is full"));
	takeGone([gone("", "more")]);
	await Promise.resolve();
	await Promise.resolve();
	expect(discard).not.toHaveBeenCalled();
});
