import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import {
	afterEach,
	beforeAll,
	beforeEach,
	expect,
	it,
	onTestFinished,
	vi,
} from "vitest";
import type { Channel } from "@/api/types.ts";
import { loadHubTexts } from "@/i18n/index.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { initialState } from "@/stores/state.ts";
import { getState, store } from "@/stores/store.ts";
import { Composer } from "./Composer.tsx";
import { setComposer } from "./chatUi.ts";
import { PendingBody } from "./PendingBody.tsx";

const discard = vi.fn(async () => {});
const keepDraft = vi.fn<Ports["keepDraft"]>();
const composer = document.createElement("textarea");
const channel = { id: "2", server_id: "1", name: "general" } as Channel;
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
	const saveDraft = () => {};
	fillPorts({ keepDraft, saveDraft, outbox: { discard } } as unknown as Ports);
	store.setState(initialState, true);
	composer.value = "a draft";
	setComposer(composer);
	render(
		<article tabIndex={-1}>
			<PendingBody bodyId="b" pending={pending} />
		</article>,
	);
});
afterEach(() => {
	cleanup();
	setComposer(null);
});

const press = (name: string) =>
	fireEvent.click(screen.getByRole("button", { name }));
const edit = () => press("Edit");
const keepAsDraft = () => press("Keep as a draft");

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

it("takes the words back once, however often that is pressed until they are stored", async () => {
	let fail = () => {};
	keepDraft.mockReturnValueOnce(
		new Promise((_, failed) => {
			fail = () => failed(new Error("the disk is full"));
		}),
	);
	edit();
	edit();
	expect(composer.value).toBe("refused words\na draft");
	fail();
	await vi.waitFor(() => {
		composer.value = "";
		edit();
		expect(composer.value).toBe("refused words");
	});
});

const refuse = (drafts = {}) =>
	act(() => store.setState({ channelPermissions: { "2": "66560" }, drafts }));

it("makes a refused message a draft where nothing is written", async () => {
	setComposer(null);
	refuse();
	keepAsDraft();
	expect(getState().drafts).toEqual({ "2": "refused words" });
	expect(keepDraft).toHaveBeenCalledWith("2", "refused words");
	await vi.waitFor(() => expect(discard).toHaveBeenCalledWith("2", "n"));
});

it("puts it before a draft that is there already", () => {
	setComposer(null);
	refuse({ "2": "a draft" });
	keepAsDraft();
	expect(getState().drafts).toEqual({ "2": "refused words\na draft" });
});

it("leads to the words, which have their box again", () => {
	vi.stubGlobal("matchMedia", () => ({
		matches: false,
		addEventListener: () => {},
		removeEventListener: () => {},
	}));
	onTestFinished(() => void vi.unstubAllGlobals());
	refuse();
	render(<Composer channel={channel} onSent={() => {}} />);
	expect(screen.queryByRole("textbox")).toBeNull();
	keepAsDraft();
	const box = screen.getByRole<HTMLTextAreaElement>("textbox");
	expect(box.value).toBe("refused words");
	expect(document.activeElement).toBe(box);
});

it("is tried again only by who may write, and leaves its row the focus", () => {
	const retry = () => screen.queryByRole("button", { name: "Try again" });
	expect(retry()).not.toBeNull();
	retry()?.focus();
	refuse();
	expect(retry()).toBeNull();
	expect(document.activeElement).toBe(screen.getByRole("article"));
});
