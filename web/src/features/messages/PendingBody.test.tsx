import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { loadHubTexts } from "@/i18n/index.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { setComposer } from "./chatUi.ts";
import { PendingBody } from "./PendingBody.tsx";

const discard = vi.fn(async () => {});
const keepDraft = vi.fn<Ports["keepDraft"]>();
const composer = document.createElement("textarea");
const pending = {
	nonce: "n",
	channelId: "2",
	content: "refused words",
	createdAt: 0,
	state: { status: "failed", code: "invalid_input" },
} as const;

beforeAll(loadHubTexts);
beforeEach(() => {
	discard.mockClear();
	fillPorts({ keepDraft, outbox: { discard } } as unknown as Ports);
	composer.value = "a draft";
	setComposer(composer);
	render(<PendingBody bodyId="b" pending={pending} />);
});
afterEach(() => {
	cleanup();
	setComposer(null);
});

const edit = () =>
	fireEvent.click(screen.getByRole("button", { name: "Edit" }));

it("takes a refused message back into the draft, and drops it once that is stored", async () => {
	let stored = () => {};
	keepDraft.mockReturnValueOnce(
		new Promise((done) => {
			stored = done;
		}),
	);
	edit();
	expect(composer.value).toBe("refused words\na draft");
	expect(keepDraft).toHaveBeenCalledWith("2", "refused words\na draft");
	expect(discard).not.toHaveBeenCalled();
	stored();
	await vi.waitFor(() => expect(discard).toHaveBeenCalledWith("2", "n"));
});

it("keeps a refused message where nothing takes it", () => {
	setComposer(null);
	edit();
	expect(discard).not.toHaveBeenCalled();
});
