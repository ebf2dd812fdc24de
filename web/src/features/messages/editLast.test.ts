import { beforeEach, expect, it, vi } from "vitest";
import type { Me, Message } from "@/api/types.ts";
import { forgetAll } from "@/lib/forget.ts";
import { initialState, timelineWith } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { useToasts } from "@/ui/toasts.ts";
import { useChatUi } from "./chatUi.ts";
import { editLast } from "./editLast.ts";

const jump = vi.hoisted(() => vi.fn<() => Promise<boolean>>());
vi.mock(import("@/stores/index.ts"), async (original) => ({
	...(await original()),
	jumpToPresent: jump,
}));

const field = document.body.appendChild(document.createElement("textarea"));
const message = { id: "5", channel_id: "2", author: { id: "9" } } as Message;

/** The present of the channel is still to be loaded; returns how it comes, or does not. */
function ask(): (isThere?: boolean) => Promise<void> {
	let come = (_isThere: boolean) => {};
	jump.mockReturnValueOnce(
		new Promise((done) => {
			come = done;
		}),
	);
	const asked = editLast("2");
	return (isThere = true) => {
		come(isThere);
		return asked;
	};
}

beforeEach(() => {
	forgetAll();
	const session = { status: "signed_in", me: { id: "9" } as Me } as const;
	store.setState({
		...initialState,
		session: { ...session, sessionId: "1", isCached: false },
		timelines: { "2": { ...timelineWith([message]), hasNewer: true } },
		ui: { ...initialState.ui, openChannelId: "2" },
	});
	field.value = "";
	field.focus();
});

it("changes my last message once it is there", async () => {
	await ask()();
	expect(useChatUi.getState().editing).toBe("5");
});

it("changes nothing where another jump was faster", async () => {
	await ask()(false);
	expect(useChatUi.getState().editing).toBeUndefined();
});

it("leaves whoever has begun to write meanwhile where they are", async () => {
	const come = ask();
	field.value = "the door c";
	await come();
	expect(useChatUi.getState().editing).toBeUndefined();
});

it("leaves whoever has gone to another field or channel there", async () => {
	const first = ask();
	field.blur();
	await first();
	field.focus();
	const second = ask();
	store.setState({ ui: { ...initialState.ui, openChannelId: "3" } });
	await second();
	expect(useChatUi.getState().editing).toBeUndefined();
});

it.each([true, false])(
	"says that it failed to whoever is there still: %s",
	async (isThere) => {
		let fail = () => {};
		jump.mockReturnValueOnce(
			new Promise((_, refuse) => {
				fail = () => refuse(new TypeError("no network"));
			}),
		);
		const asked = editLast("2");
		if (!isThere)
			store.setState({ ui: { ...initialState.ui, openChannelId: "3" } });
		fail();
		await asked;
		expect(useToasts.getState().shown).toHaveLength(isThere ? 1 : 0);
	},
);
