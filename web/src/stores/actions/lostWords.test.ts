// Words of a channel that is gone: whoever dismisses their notice drops those, and no others.
import { beforeEach, expect, it, vi } from "vitest";
import { channelId, connected } from "../../../tests/support/samples.ts";
import { applyBatch } from "../applyBatch.ts";
import { fillPorts, type Ports } from "../ports.ts";
import { initialState, type Pending } from "../state.ts";
import { getState, store } from "../store.ts";
import { forgetGone, takeGone } from "./lostWords.ts";
import { setDraft } from "./messages.ts";

const draft = () => getState().drafts[channelId] ?? "";
const unsent = (content: string): Pending => ({
	nonce: content,
	channelId,
	content,
	createdAt: 1,
	state: { status: "failed", code: "not_found" },
});

beforeEach(() => {
	const outbox = { discard: vi.fn(async () => {}) };
	fillPorts({ outbox, saveDraft: vi.fn() } as unknown as Ports);
	store.setState(applyBatch(initialState, connected(4, "4")), true);
});

it("drops what was copied or dismissed", () => {
	takeGone({ channelId, draft: "old words", unsent: [] });
	forgetGone([channelId]);
	expect(draft()).toBe("");
});

it("keeps what was written since by who came back", () => {
	takeGone({ channelId, draft: "old words", unsent: [] });
	setDraft(channelId, "old words and more");
	forgetGone([channelId]);
	expect(draft()).toBe("old words and more");
});

it("takes a message for part of the draft only where it is one whole", () => {
	const gone = { channelId, draft: "yesterday", unsent: [unsent("yes")] };
	const words = takeGone(gone);
	expect(words).toBe("yes\n\nyesterday");
	// Another tab may have put together the same.
	expect(takeGone({ ...gone, draft: words } as typeof gone & never)).toBe(
		words,
	);
});
