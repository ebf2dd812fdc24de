import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import type { Me, Message } from "@/api/types.ts";
import { editKey } from "@/lib/draftKey.ts";
import { forgetAll, handOverAll } from "@/lib/forget.ts";
import { ApiError } from "@/stores/index.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { initialState, timelineWith } from "@/stores/state.ts";
import { dispatchLocal, getState, store } from "@/stores/store.ts";
import { useAnnouncement } from "@/ui/announce.ts";
import { hubReached } from "@/ui/reached.ts";
import { useToasts } from "@/ui/toasts.ts";
import {
	resumeEditing,
	setComposer,
	startEditing,
	useChatUi,
} from "./chatUi.ts";
import { EditBox } from "./EditBox.tsx";

const edit = vi.hoisted(() =>
	vi.fn<(channelId: string, id: string, content: string) => Promise<Message>>(),
);
const read = vi.hoisted(() => vi.fn<() => Promise<Message>>());

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	editMessage: edit,
	readMessage: read,
}));

const message = {
	id: "5",
	channel_id: "2",
	server_id: "1",
	author: { id: "9", username: "asha", display_name: "Asha" },
	content: "Sevn it is.",
	created_at: 0,
	rev: 1,
} as Message;
const me = { id: "9" } as Me;

function open(shown = message) {
	const { rerender } = render(<EditBox message={shown} />);
	hear = (content, rev) =>
		rerender(<EditBox message={{ ...message, content, rev }} />);
	return screen.getByRole<HTMLTextAreaElement>("textbox");
}

/** The hub tells of another text of the message. */
let hear: (content: string, rev: number) => void;

function write(value: string): void {
	fireEvent.change(screen.getByRole("textbox"), { target: { value } });
}

/** A save that waits for its answer. */
function slowSave() {
	let resolve: (saved: Message) => void;
	let reject: (error: unknown) => void;
	const answer = new Promise<Message>((...ends) => {
		[resolve, reject] = ends;
	});
	edit.mockReturnValueOnce(answer);
	return {
		succeed: (content: string, rev: number) =>
			act(async () => resolve({ ...message, content, rev })),
		fail: () => act(async () => reject(new ApiError({ code: "network" }))),
	};
}

const press = (key: string) =>
	fireEvent.keyDown(screen.getByRole("textbox"), { key });
const drafts = () => Object.values(getState().drafts);

/** Enter, and then Esc before there is an answer. */
function giveUpSaving() {
	startEditing(message.id);
	const save = slowSave();
	open();
	write("Seven it is.");
	press("Enter");
	press("Escape");
	cleanup();
	return save;
}

function hold(...messages: Message[]): void {
	store.setState({
		...initialState,
		connection: { status: "live" },
		session: { status: "signed_in", me, sessionId: "1", isCached: false },
		timelines: { "2": timelineWith(messages) },
	});
}

const pointer = (isCoarse: boolean) =>
	vi.stubGlobal("matchMedia", () => ({ matches: isCoarse }));

beforeEach(() => {
	pointer(false);
	fillPorts({ saveDraft: () => {} } as unknown as Ports);
	hold(message);
	edit.mockReset();
});
afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
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

it("stays open for keys that only contain Esc", () => {
	open();
	write("Seven it is.");
	const box = screen.getByRole("textbox");
	const press = { key: "Escape", shiftKey: true };
	// False where the press was taken.
	expect(fireEvent.keyDown(box, press)).toBe(true);
	expect(drafts()).toEqual(["Seven it is."]);
});

it.each([
	["the composer", false],
	["the message, which asks for no keyboard, under a finger", true],
])("gives the focus to %s", (_, isCoarse) => {
	pointer(isCoarse);
	const composer = document.body.appendChild(
		document.createElement("textarea"),
	);
	setComposer(composer);
	onTestFinished(() => {
		setComposer(null);
		composer.remove();
	});
	render(
		<article tabIndex={-1}>
			<EditBox message={message} />
		</article>,
	);
	screen.getByRole("textbox", { name: "Edit message" }).focus();
	fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
	const row = screen.getByRole("article");
	expect(document.activeElement).toBe(isCoarse ? row : composer);
});

it("keeps nothing of a text that is as it was", () => {
	open();
	write("Seven it is.");
	expect(getState().drafts).toEqual({ [editKey("2", "5", 1)]: "Seven it is." });
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

it("keeps what is typed while a save is under way as a further change", async () => {
	startEditing(message.id);
	const first = slowSave();
	open();
	write("Seven it is.");
	press("Enter");
	write("Seven it is, at the well.");
	await first.succeed("Seven it is.", 2);
	expect(screen.getByRole("textbox")).toHaveProperty(
		"value",
		"Seven it is, at the well.",
	);
	expect(useChatUi.getState().editing).toBe(message.id);
	expect(drafts()).toEqual(["Seven it is, at the well."]);
	const second = slowSave();
	press("Enter");
	await second.succeed("Seven it is, at the well.", 3);
	expect(edit).toHaveBeenCalledTimes(2);
	expect(useChatUi.getState().editing).toBeUndefined();
	expect(drafts()).toEqual([]);
});

it("saves in turn what Enter was pressed for twice", async () => {
	startEditing(message.id);
	const [first, second] = [slowSave(), slowSave()];
	open();
	write("Seven it is.");
	press("Enter");
	press("Enter");
	write("Seven it is, at the well.");
	press("Enter");
	expect(edit).toHaveBeenCalledTimes(1);
	await first.succeed("Seven it is.", 2);
	expect(edit).toHaveBeenLastCalledWith("2", "5", "Seven it is, at the well.");
	await second.succeed("Seven it is, at the well.", 3);
	expect(edit).toHaveBeenCalledTimes(2);
	expect(useChatUi.getState().editing).toBeUndefined();
});

it("gives up by Esc what was typed since, and not what turns out not to be saved", async () => {
	startEditing(message.id);
	const save = slowSave();
	open();
	write("Seven it is.");
	press("Enter");
	write("Seven it is, at the well.");
	press("Escape");
	expect(useChatUi.getState().editing).toBeUndefined();
	expect(drafts()).toEqual([]);
	cleanup();
	await save.fail();
	expect(drafts()).toEqual(["Seven it is."]);
});

it("says that it is not saved to whoever gave it up, until it is", async () => {
	useToasts.setState({ shown: [], log: [] });
	const shown = () => useToasts.getState().shown;
	for (const isSaved of [false, true]) {
		const save = giveUpSaving();
		if (!isSaved) await save.fail();
		else await save.succeed("Seven it is.", 2);
		const said = "The change was on its way already, and is saved.";
		const isToldSo = shown().every(({ text }) => text === said);
		expect([shown().length, isToldSo]).toEqual([1, isSaved]);
	}
});

it("tells whoever gave up what was on its way already that it is saved", async () => {
	useToasts.setState({ shown: [], log: [] });
	const save = giveUpSaving();
	await save.succeed("Seven it is.", 2);
	expect(useToasts.getState().shown.map(({ text }) => text)).toEqual([
		"The change was on its way already, and is saved.",
	]);
	expect(drafts()).toEqual([]);
});

it("is left by Esc from its buttons as well, and nothing else is", () => {
	const elsewhere = vi.fn();
	window.addEventListener("keydown", elsewhere);
	onTestFinished(() => window.removeEventListener("keydown", elsewhere));
	startEditing(message.id);
	open();
	write("Seven it is.");
	const save = screen.getByRole("button", { name: "Save" });
	fireEvent.keyDown(save, { key: "Escape" });
	expect(useChatUi.getState().editing).toBeUndefined();
	expect(drafts()).toEqual([]);
	expect(elsewhere).not.toHaveBeenCalled();
});

it("drops what was saved while its channel was left, and leaves what is edited by then", async () => {
	startEditing(message.id);
	const save = slowSave();
	open();
	write("Seven it is.");
	press("Enter");
	cleanup();
	startEditing("6");
	await save.succeed("Seven it is.", 2);
	expect(drafts()).toEqual([]);
	expect(useChatUi.getState().editing).toBe("6");
});

const [READ, WRITE] = ["66560", "68609"];
const may = (bits: string) =>
	act(() => store.setState({ channelPermissions: { "2": bits } }));
const saveButton = () => screen.getByRole("button", { name: "Save" });
const whyOf = (box: HTMLElement) =>
	document.getElementById(box.getAttribute("aria-describedby") ?? "")
		?.textContent;

it("keeps its text while its author may not write, and says why it is not saved", () => {
	vi.useFakeTimers();
	onTestFinished(() => void vi.useRealTimers());
	startEditing(message.id);
	const box = open();
	write("Seven it is.");
	may(READ);
	expect(box).toMatchObject({ value: "Seven it is.", readOnly: true });
	expect(saveButton()).toHaveProperty("disabled", true);
	expect(whyOf(box)).toBe(
		"You can read here, but not write. What you wrote is kept.",
	);
	press("Enter");
	may(WRITE);
	press("Enter");
	expect(edit).not.toHaveBeenCalled();
	// Whoever has typed on goes on when they have paused.
	act(() => vi.advanceTimersByTime(1000));
	slowSave();
	press("Enter");
	expect(edit).toHaveBeenCalledExactlyOnceWith("2", "5", "Seven it is.");
});

it("speaks of no words where none were changed, and leaves the rest to the composer", () => {
	useAnnouncement.setState({ polite: "" });
	const box = open();
	may(READ);
	expect(whyOf(box)?.trim()).toBe("You can read here, but not write.");
	expect(screen.queryByRole("status")).toBeNull();
	may(WRITE);
	expect(useAnnouncement.getState().polite).toBe("");
});

it("can be left by who may not write any more", () => {
	startEditing(message.id);
	open();
	write("Seven it is.");
	saveButton().focus();
	may(READ);
	expect(document.activeElement).toBe(screen.getByRole("textbox"));
	press("Escape");
	expect(useChatUi.getState().editing).toBeUndefined();
	expect(drafts()).toEqual([]);
});

const said = "This message was changed meanwhile. It now says:";
const isAsked = () => screen.queryByRole("group", { name: said }) !== null;
const choose = (name: string) =>
	fireEvent.click(screen.getByRole("button", { name }));

it("saves nothing over a text that came meanwhile until its author says so", () => {
	const box = open();
	write("Seven it is.");
	hear("Eight it is.", 2);
	screen.getByText("Eight it is.");
	press("Enter");
	expect(edit).not.toHaveBeenCalled();
	expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
	expect(document.activeElement).toBe(screen.getByRole("group"));
	choose("Keep mine");
	expect(isAsked()).toBe(false);
	expect(document.activeElement).toBe(box);
	slowSave();
	press("Enter");
	expect(edit).toHaveBeenCalledExactlyOnceWith("2", "5", "Seven it is.");
});

it("takes the new text for who wants it", () => {
	const box = open();
	write("Seven it is.");
	hear("Eight it is.", 2);
	choose("Take the new text");
	expect(isAsked()).toBe(false);
	expect(box.value).toBe("Eight it is.");
	expect(drafts()).toEqual([]);
	write("Eight it is!");
	expect(getState().drafts).toEqual({ [editKey("2", "5", 2)]: "Eight it is!" });
});

it("asks as well when a change that was left is gone on with", () => {
	open();
	write("Seven it is.");
	cleanup();
	open({ ...message, content: "Eight it is.", rev: 2 });
	expect(isAsked()).toBe(true);
	choose("Keep mine");
	cleanup();
	open({ ...message, content: "Eight it is.", rev: 2 });
	expect(isAsked()).toBe(false);
	hear("Nine it is.", 3);
	expect(isAsked()).toBe(true);
});

it("goes on with a change of which it was not noted what it began from", () => {
	store.setState({ drafts: { "2/5": "Seven it is." } });
	const box = open();
	expect(box.value).toBe("Seven it is.");
	expect(isAsked()).toBe(false);
	write("Seven it is!");
	expect(getState().drafts).toEqual({ [editKey("2", "5", 1)]: "Seven it is!" });
});

it("follows the message where nothing is changed, and asks nothing about the same text", () => {
	const box = open();
	hear("Eight it is.", 2);
	expect(box.value).toBe("Eight it is.");
	expect(isAsked()).toBe(false);
	write("Nine it is.");
	hear("Nine it is.", 3);
	expect(isAsked()).toBe(false);
});

it("does not take its own text for another's, even if the answer is lost", async () => {
	const save = slowSave();
	open();
	write("Seven it is.");
	press("Enter");
	write("Seven it is, at the well.");
	hear("Seven it is.", 2);
	await save.fail();
	expect(isAsked()).toBe(false);
	expect(getState().drafts).toEqual({
		[editKey("2", "5", 2)]: "Seven it is, at the well.",
	});
});

it("asks before the second of two texts if another came after the first", async () => {
	const save = slowSave();
	open();
	write("Seven it is.");
	press("Enter");
	write("Seven it is, at the well.");
	press("Enter");
	hear("Eight it is.", 3);
	await save.succeed("Seven it is.", 2);
	expect(edit).toHaveBeenCalledTimes(1);
	expect(isAsked()).toBe(true);
});

it("looks for a newer text before it saves while it is not told of any", async () => {
	store.setState({ connection: { status: "syncing" } });
	read.mockResolvedValueOnce({ ...message, content: "Eight it is.", rev: 2 });
	open();
	write("Seven it is.");
	press("Enter");
	await screen.findByRole("group", { name: said });
	expect(edit).not.toHaveBeenCalled();
	choose("Keep mine");
	read.mockResolvedValueOnce({ ...message, content: "Eight it is.", rev: 2 });
	const save = slowSave();
	press("Enter");
	await vi.waitFor(() => expect(edit).toHaveBeenCalledTimes(1));
	await save.succeed("Seven it is.", 3);
	expect(drafts()).toEqual([]);
});

it("saves nothing for who has left while it looked for a newer text", async () => {
	store.setState({ connection: { status: "syncing" } });
	let answer = (_: Message) => {};
	read.mockReturnValueOnce(
		new Promise((done) => {
			answer = done;
		}),
	);
	open();
	write("Seven it is.");
	press("Enter");
	press("Escape");
	await act(async () => answer(message));
	expect(edit).not.toHaveBeenCalled();
});

it("gives the composer the focus unless somebody has gone to another field", async () => {
	const addField = () => {
		const field = document.createElement("textarea");
		field.ariaHidden = "true";
		return document.body.appendChild(field);
	};
	const [composer, other] = [addField(), addField()];
	setComposer(composer);
	for (const field of [composer, other]) {
		startEditing(message.id);
		const save = slowSave();
		open();
		write("Seven it is.");
		press("Enter");
		if (field === other) field.focus();
		await save.succeed("Seven it is.", 2);
		expect(document.activeElement).toBe(field);
		cleanup();
		hold(message);
	}
	setComposer(null);
	composer.remove();
	other.remove();
});

const theirs = "2/5/1/another-tab";
/** Another tab types this into its box of the message; "" when it is done. */
const typedThere = (text: string) =>
	act(() => dispatchLocal({ do: "draft", channelId: theirs, text }));

it("keeps its own words beside those of another tab, and the other's", () => {
	const box = open();
	write("Seven it is.");
	typedThere("Eight it is.");
	expect(box.value).toBe("Seven it is.");
	expect(drafts()).toEqual(["Seven it is.", "Eight it is."]);
	press("Escape");
	expect(drafts()).toEqual(["Eight it is."]);
});

it("stays with its own words when another tab has saved others", () => {
	const box = open();
	write("Seven it is.");
	typedThere("Eight it is.");
	typedThere("");
	hear("Eight it is.", 2);
	expect(box.value).toBe("Seven it is.");
	expect(isAsked()).toBe(true);
	expect(drafts()).toEqual(["Seven it is."]);
});

it("shows what another tab types until something is typed here", () => {
	typedThere("Eight");
	const box = open();
	expect(box.value).toBe("Eight");
	typedThere("Eight it is.");
	expect(box.value).toBe("Eight it is.");
	write("Eight it is!");
	expect(drafts()).toEqual(["Eight it is!"]);
	typedThere("Nine it is.");
	expect(box.value).toBe("Eight it is!");
	expect(drafts()).toEqual(["Eight it is!", "Nine it is."]);
});

it("goes when what it shows of another tab is done, unless it was asked for", () => {
	typedThere("Eight it is.");
	resumeEditing(message.id);
	open();
	typedThere("");
	expect(useChatUi.getState().editing).toBeUndefined();
	cleanup();

	typedThere("Eight it is.");
	startEditing(message.id);
	const box = open();
	typedThere("");
	expect(useChatUi.getState().editing).toBe(message.id);
	expect(box.value).toBe("Sevn it is.");
});

it.each([
	["the page", () => window.dispatchEvent(new Event("pagehide"))],
	["the box", cleanup],
	["the session", handOverAll],
])("keeps what another tab has given up when %s goes", (_, go) => {
	open();
	write("Seven it is.");
	const own = editKey("2", "5", 1);
	act(() => dispatchLocal({ do: "draft", channelId: own, text: "" }));
	expect(drafts()).toEqual([]);
	go();
	expect(drafts()).toEqual(["Seven it is."]);
});
