// Words whose place is gone: whoever dismisses a notice drops what it offered, and nothing else.
import { beforeEach, describe, expect, it, vi } from "vitest";
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
	hasWords,
	isBack,
	isOffered,
	restoreGone,
	takeEdits,
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
	expect(hasWords(takeOrphans())).toBe(false);
	forgetGone(second);
	expect(draft()).toBe("");
});

it("takes a message for part of the draft only where it is one whole", () => {
	const words = textOf(takeGone([gone("yesterday", "yes")]));
	expect(words).toBe("yes\n\nyesterday");
	// Another tab may have put together the same.
	expect(textOf(takeGone([gone(words, "yes")]))).toBe(words);
});

describe("the change of a message", () => {
	const change = (channelId: string) => [
		{ key: `${channelId}/5/1/tab`, text: "seven" },
	];
	const key = `${channelId}/5/1/tab`;

	it("is offered with the rest, and stays a change of that message", () => {
		const lost = takeGone([
			{ ...gone("draft", "sent"), edits: change(channelId) },
		]);
		expect(textOf(lost)).toBe("seven\n\nsent\n\ndraft");
		expect(getState().drafts).toEqual({
			[key]: "seven",
			[channelId]: "sent\n\ndraft",
		});
		expect(hasWords(takeOrphans())).toBe(false);
		forgetGone(lost);
		expect(getState().drafts).toEqual({});
		restoreGone(lost);
		expect(getState().drafts[key]).toBe("seven");
	});

	it("is there again for who comes back", () => {
		const edits = change(presentId);
		const back = takeGone([{ ...gone(""), channelId: presentId, edits }]);
		expect(isBack(back)).toBe(true);
		forgetGone(back);
		expect(getState().drafts).toEqual({ [`${presentId}/5/1/tab`]: "seven" });
	});

	it("is not back with the channel of a message that was deleted", () => {
		const key = `${presentId}/5/1/tab`;
		setDraft(key, "seven");
		const lost = takeEdits([key]);
		expect(isBack(lost)).toBe(false);
		expect(isOffered(key)).toBe(true);
		forgetGone(lost);
		expect(getState().drafts).toEqual({});
	});

	it("is offered once when it was begun before this page came", () => {
		setDraft(key, "seven");
		const lost = takeOrphans();
		expect(textOf(lost)).toBe("seven");
		expect(hasWords(takeOrphans())).toBe(false);
		forgetGone(lost);
		expect(getState().drafts).toEqual({});
	});
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
