import {
	act,
	cleanup,
	fireEvent,
	render,
	screen,
} from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import type { Channel, Message } from "@/api/types.ts";
import { forgetAll, handOverAll } from "@/lib/forget.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { initialState, type Pending, timelineWith } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { useAnnouncement } from "@/ui/announce.ts";
import { useToasts } from "@/ui/toasts.ts";
import { Composer } from "./Composer.tsx";
import { refillComposer, useChatUi } from "./chatUi.ts";

const send = vi.hoisted(() => vi.fn(async (_: string, __: string) => {}));
const toPresent = vi.hoisted(() => vi.fn(async (_: string) => true));
const keep = vi.hoisted(() => vi.fn((_: string, __: string) => {}));
const hint = vi.hoisted(() => vi.fn((_: string) => {}));

vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	sendMessage: send,
	jumpToPresent: toPresent,
	setDraft: keep,
	startTyping: hint,
}));

const channel: Channel = {
	id: "2",
	server_id: "1",
	type: 0,
	name: "general",
	topic: "",
	position: 0,
	created_at: 0,
};
const me = {
	id: "9",
	username: "asha",
	display_name: "Asha",
	avatar: null,
	kind: "human",
	email: null,
	is_admin: false,
	can_invite: false,
	created_at: 0,
	rev: 0,
} as const;

function own(id: string, author = me): Message {
	return {
		id,
		channel_id: "2",
		server_id: "1",
		author,
		type: 0,
		flags: 0,
		content: id,
		nonce: null,
		seq: 1,
		rev: 1,
		created_at: 0,
		edited_at: null,
		is_deleted: false,
	};
}

const box = () => screen.getByRole<HTMLTextAreaElement>("textbox");

/** What everyone may do, without writing, and with it. */
const [READ, WRITE] = ["66560", "68609"];
const may = (bits: string) =>
	act(() => store.setState({ channelPermissions: { "2": bits } }));

beforeEach(() => {
	send.mockClear();
	keep.mockClear();
	hint.mockClear();
	vi.stubGlobal("matchMedia", () => ({
		matches: false,
		addEventListener: () => {},
		removeEventListener: () => {},
	}));
	store.setState(initialState, true);
	render(<Composer channel={channel} onSent={() => {}} />);
});
afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
	vi.useRealTimers();
	useChatUi.setState({ editing: undefined });
});

it("sends by Enter, breaks by Shift+Enter, and is empty after", async () => {
	await userEvent.type(box(), "one{Shift>}{Enter}{/Shift}two{Enter}");
	expect(send).toHaveBeenCalledExactlyOnceWith("2", "one\ntwo");
	expect(box().value).toBe("");
	expect(keep).not.toHaveBeenCalledWith("2", "one\ntwo");
});

it("never sends what is blank or still being composed", async () => {
	await userEvent.type(box(), "   {Enter}");
	await userEvent.type(box(), "কি");
	fireEvent.keyDown(box(), { key: "Enter", isComposing: true });
	fireEvent.keyDown(box(), { key: "Enter", keyCode: 229 });
	expect(send).not.toHaveBeenCalled();
});

it("says by how much a text is too long and keeps it", () => {
	fireEvent.input(box(), { target: { value: "x".repeat(4003) } });
	fireEvent.keyDown(box(), { key: "Enter" });
	expect(screen.getByRole("alert").textContent).toBe(
		"3 characters too long · at most 4,000",
	);
	expect(send).not.toHaveBeenCalled();
	expect(box().value).toHaveLength(4003);
});

it("puts the words back when this device could not keep them", async () => {
	send.mockRejectedValueOnce(new Error("storage"));
	await userEvent.type(box(), "precious{Enter}");
	await expect.poll(() => box().value).toBe("precious");
});

it.each([
	["has left the channel", () => cleanup()],
	["may not write any more", () => may(READ)],
])(
	"keeps as a draft what this device could not keep of who %s",
	async (_, go) => {
		const saveDraft = vi.fn();
		fillPorts({ saveDraft } as unknown as Ports);
		let fail = (_: Error) => {};
		send.mockReturnValueOnce(
			new Promise((_, reject) => {
				fail = reject;
			}),
		);
		await userEvent.type(box(), "precious{Enter}");
		go();
		expect(screen.queryByRole("textbox")).toBeNull();
		fail(new Error("storage"));
		await vi.waitFor(() =>
			expect(store.getState().drafts).toEqual({ "2": "precious" }),
		);
		expect(saveDraft).toHaveBeenCalledWith("2", "precious");
	},
);

const later = () => new Promise((resolve) => setTimeout(resolve));

it.each([
	["stored", "has gone", true],
	["refused", "has gone", false],
	["stored", "stands there", true],
	["refused", "stands there", false],
])(
	"gives another account nothing that was sent, %s where the box %s",
	async (_, box_, isStored) => {
		fillPorts({ saveDraft: vi.fn() } as unknown as Ports);
		let answer = () => {};
		send.mockReturnValueOnce(
			new Promise((resolve, reject) => {
				answer = isStored ? resolve : () => reject(new Error("storage"));
			}),
		);
		await userEvent.type(box(), "precious{Enter}");
		forgetAll();
		if (box_ === "has gone") cleanup();
		answer();
		await later();
		expect(store.getState().drafts).toEqual({});
		expect(screen.queryByRole<HTMLTextAreaElement>("textbox")?.value).toBe(
			box_ === "has gone" ? undefined : "",
		);
	},
);

it("hands over no last words to another account", async () => {
	await userEvent.type(box(), "half a thought");
	keep.mockClear();
	forgetAll();
	cleanup();
	expect(keep).not.toHaveBeenCalled();
});

it("hands over what was typed in the last moment before its account goes", async () => {
	await userEvent.type(box(), "half a thought");
	handOverAll();
	expect(keep).toHaveBeenLastCalledWith("2", "half a thought");
});

it("edits my last message by ArrowUp, only when nothing is typed", async () => {
	const other = own("11", { ...me, id: "8" } as unknown as typeof me);
	act(() =>
		store.setState({
			session: { status: "signed_in", me, sessionId: "1", isCached: false },
			timelines: {
				"2": timelineWith([own("10"), other]),
			},
		}),
	);
	await userEvent.type(box(), "x{ArrowUp}");
	expect(useChatUi.getState().editing).toBeUndefined();
	await userEvent.type(box(), "{Backspace}{ArrowUp}");
	expect(useChatUi.getState().editing).toBe("10");
});

it.each(["altKey", "ctrlKey", "metaKey", "shiftKey"])(
	"leaves ArrowUp with %s to whatever else it does",
	(modifier) => {
		act(() =>
			store.setState({
				session: { status: "signed_in", me, sessionId: "1", isCached: false },
				timelines: { "2": timelineWith([own("10")]) },
			}),
		);
		const press = { key: "ArrowUp", [modifier]: true };
		// False where the press was taken.
		expect(fireEvent.keyDown(box(), press)).toBe(true);
		expect(useChatUi.getState().editing).toBeUndefined();
	},
);

it("says so where none of the loaded messages is mine, but older ones may be", async () => {
	const other = own("11", { ...me, id: "8" } as unknown as typeof me);
	const timeline = timelineWith([other], { hasOlder: true });
	act(() =>
		store.setState({
			session: { status: "signed_in", me, sessionId: "1", isCached: false },
			timelines: { "2": timeline },
		}),
	);
	await userEvent.type(box(), "{ArrowUp}");
	expect(useChatUi.getState().editing).toBeUndefined();
	expect(useToasts.getState().shown.at(-1)?.text).toBe(
		"None of the messages loaded here is yours.",
	);
});

it("looks for my last message at the present", async () => {
	toPresent.mockImplementationOnce(async () => {
		store.setState({ timelines: { "2": timelineWith([own("12")]) } });
		return true;
	});
	const timeline = timelineWith([own("10")], { hasNewer: true });
	act(() =>
		store.setState({
			session: { status: "signed_in", me, sessionId: "1", isCached: false },
			timelines: { "2": timeline },
		}),
	);
	await userEvent.type(box(), "{ArrowUp}");
	await expect.poll(() => useChatUi.getState().editing).toBe("12");
});

it("shows a draft from elsewhere, and keeps its own when it goes away", async () => {
	act(() => store.setState({ drafts: { "2": "from another tab" } }));
	expect(box().value).toBe("from another tab");
	await userEvent.type(box(), "!");
	cleanup();
	expect(keep).toHaveBeenLastCalledWith("2", "from another tab!");
});

it("puts down the last words when the page goes", async () => {
	await userEvent.type(box(), "half a thought");
	keep.mockClear();
	window.dispatchEvent(new Event("pagehide"));
	expect(keep).toHaveBeenCalledExactlyOnceWith("2", "half a thought");
});

const status = () => screen.getByRole("status").textContent?.trim();
const sendButton = () => screen.getByRole("button", { name: "Send" });
const WHY = "You can read here, but not write.";
const KEPT = `${WHY} What you wrote is kept.`;

it("says that one may only read, where one may not write", () => {
	expect(status()).toBe("");
	may(READ);
	expect(screen.queryByRole("textbox")).toBeNull();
	expect(status()).toBe(WHY);
});

it("keeps what is written under the eyes of its author, and why it stays", async () => {
	await userEvent.type(box(), "half a thought");
	const field = box();
	field.setSelectionRange(5, 6);
	const asItWas = () => ({
		field: box(),
		text: field.value,
		caret: [field.selectionStart, field.selectionEnd],
		hasFocus: document.activeElement === field,
	});
	const before = asItWas();
	may(READ);
	expect(asItWas()).toEqual(before);
	expect(before).toMatchObject({ caret: [5, 6], hasFocus: true });
	expect(field.readOnly).toBe(true);
	expect(sendButton()).toHaveProperty("disabled", true);
	expect(status()).toBe(KEPT);
	const described = field.getAttribute("aria-describedby") ?? "";
	expect(document.getElementById(described)?.textContent).toBe(KEPT);
	may(WRITE);
	expect(asItWas()).toEqual(before);
	expect(field.readOnly).toBe(false);
	expect(sendButton()).toHaveProperty("disabled", false);
	expect(status()).toBe("");
	expect(useAnnouncement.getState().polite).toBe("You can write here again.");
});

it("takes nothing and says nothing to others while writing is taken", async () => {
	await userEvent.type(box(), "half a thought");
	may(READ);
	hint.mockClear();
	await userEvent.keyboard("!{Backspace}{Enter}");
	await userEvent.paste("more");
	fireEvent.submit(box());
	expect(box().value).toBe("half a thought");
	// What was refused is put back here, which is no typing.
	act(() => void refillComposer("refused"));
	expect(box().value).toBe("refused\nhalf a thought");
	expect(hint).not.toHaveBeenCalled();
	expect(send).not.toHaveBeenCalled();
});

it("takes no half words of who has typed on until writing was given back", () => {
	act(() => store.setState({ drafts: { "2": "half a thought" } }));
	may(READ);
	vi.useFakeTimers();
	fireEvent.keyDown(box(), { key: "t" });
	may(WRITE);
	for (const key of ["h", "i", "s", "Enter"]) {
		act(() => vi.advanceTimersByTime(900));
		fireEvent.keyDown(box(), { key });
		expect(box().readOnly).toBe(true);
	}
	expect(send).not.toHaveBeenCalled();
	act(() => vi.advanceTimersByTime(1000));
	expect(box().readOnly).toBe(false);
	fireEvent.keyDown(box(), { key: "Enter" });
	expect(send).toHaveBeenCalledExactlyOnceWith("2", "half a thought");
});

it.each([
	["body", "a", true],
	["#composer", "a", true],
	["#composer", "Process", true],
	["#composer", "Shift", false],
	["#composer", "ArrowLeft", false],
	["#composer", "Escape", false],
	["button", "a", false],
])("waits for who writes, and for no other key: %s %s", (where, key, waits) => {
	act(() => store.setState({ drafts: { "2": "half a thought" } }));
	may(READ);
	vi.useFakeTimers();
	const target = document.querySelector(where);
	if (target) fireEvent.keyDown(target, { key });
	may(WRITE);
	expect(box().readOnly).toBe(waits);
	act(() => vi.advanceTimersByTime(1000));
	expect(box().readOnly).toBe(false);
});

it.each(["body", "#composer"])(
	"waits for who writes where there is no box yet: %s",
	(where) => {
		may(READ);
		vi.useFakeTimers();
		const target = document.querySelector(where);
		if (target) fireEvent.keyDown(target, { key: "a" });
		may(WRITE);
		expect(screen.queryByRole("textbox")).toBeNull();
		act(() => vi.advanceTimersByTime(1000));
		expect(box().readOnly).toBe(false);
	},
);

it("keeps the focus where one writes, be there a box or not", async () => {
	box().focus();
	may(READ);
	expect(document.activeElement?.id).toBe("composer");
	expect(document.activeElement?.textContent?.trim()).toBe(WHY);
	may(WRITE);
	expect(document.activeElement).toBe(box());
	box().blur();
	may(READ);
	may(WRITE);
	expect(document.activeElement).toBe(document.body);
});

it("gives the words the focus of the button that goes off", async () => {
	await userEvent.type(box(), "half a thought");
	sendButton().focus();
	may(READ);
	expect(document.activeElement).toBe(box());
});

it("has the box as long as there is something in it", async () => {
	may(READ);
	const write = (text?: string) =>
		act(() => store.setState({ drafts: text ? { "2": text } : {} }));
	write("begun in another tab");
	expect(box().value).toBe("begun in another tab");
	expect(box().readOnly).toBe(true);
	expect(status()).toBe(KEPT);
	write();
	expect(screen.queryByRole("textbox")).toBeNull();
	expect(status()).toBe(WHY);
	write("begun again");
	expect(box().value).toBe("begun again");
});

it("discards what can be neither sent nor changed, where one asks for it", async () => {
	const discard = () => screen.queryByRole("button", { name: "Discard" });
	keep.mockImplementation((_, text) =>
		store.setState({ drafts: text ? { "2": text } : {} }),
	);
	onTestFinished(() => void keep.mockReset());
	await userEvent.type(box(), "half a thought");
	expect(discard()).toBeNull();
	may(READ);
	await userEvent.click(screen.getByRole("button", { name: "Discard" }));
	expect(keep).toHaveBeenLastCalledWith("2", "");
	expect(screen.queryByRole("textbox")).toBeNull();
	expect(discard()).toBeNull();
	expect(document.activeElement?.textContent?.trim()).toBe(WHY);
	may(WRITE);
	expect(box().value).toBe("");
});

it.each([
	["may write again", () => may(WRITE)],
	[
		"has discarded it in another tab",
		() => act(() => store.setState({ drafts: {} })),
	],
])("leaves the focus where one writes when who was to discard %s", (_, go) => {
	act(() => store.setState({ drafts: { "2": "half a thought" } }));
	may(READ);
	screen.getByRole("button", { name: "Discard" }).focus();
	go();
	expect(screen.queryByRole("button", { name: "Discard" })).toBeNull();
	expect(document.activeElement?.id).toBe("composer");
});

it("changes no earlier message where one may not write", async () => {
	const mine = timelineWith([own("10")]);
	act(() =>
		store.setState({
			session: { status: "signed_in", me, sessionId: "1", isCached: false },
			timelines: { "2": mine },
			drafts: { "2": "x" },
		}),
	);
	may(READ);
	// The box stays until what it held is gone from this device as well.
	fireEvent.input(box(), { target: { value: "" } });
	await userEvent.type(box(), "{ArrowUp}");
	expect(useChatUi.getState().editing).toBeUndefined();
});

it("counts down when the hub asks for patience, and keeps what waits", () => {
	const until = Date.now() + 8000;
	const pending: Pending = {
		nonce: "n",
		channelId: "2",
		content: "one too many",
		createdAt: 0,
		state: { status: "queued", until },
	};
	act(() => store.setState({ outbox: { "2": [pending] } }));
	screen.getByText(/Your messages go on in 8 seconds/);
});
