import { act, cleanup, render, renderHook } from "@testing-library/react";
import {
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	expect,
	it,
	vi,
} from "vitest";
import type { Channel } from "@/api/types.ts";
import { startEditing } from "@/features/messages/chatUi.ts";
import { loadHubTexts } from "@/i18n/index.ts";
import { forgetAll } from "@/lib/forget.ts";
import { deleteChannel, deleteServer } from "@/stores/actions/servers.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import type { Input } from "@/stores/inputs.ts";
import { fillPorts, type Ports } from "@/stores/ports.ts";
import { initialState } from "@/stores/state.ts";
import { dispatch, dispatchLocal, store } from "@/stores/store.ts";
import { DialogHost, isDialogOpen, openDialog } from "@/ui/dialogs.tsx";
import { areKeysHeld, releaseKeys } from "@/ui/heldKeys.ts";
import { dismissToast, useToasts } from "@/ui/toasts.ts";
import { useTypedWords } from "@/ui/typedWords.ts";
import {
	channelId,
	connected,
	event,
	ready,
	serverId,
} from "../../tests/support/samples.ts";
import { useLost } from "./useLost.ts";

beforeAll(loadHubTexts);
beforeEach(() => {
	forgetAll();
	const nothing = vi.fn(async () => {});
	fillPorts({
		outbox: { discard: nothing },
		keepDraft: nothing,
		saveDraft: nothing,
		api: { channels: { delete: nothing }, servers: { delete: nothing } },
	} as unknown as Ports);
	store.setState(applyBatch(initialState, connected(4, "4")), true);
	renderHook(() => useLost({ kind: "home" }));
});
afterEach(cleanup);

const inChannel = {
	kind: "channel",
	serverId,
	channelId,
	messageId: null,
} as const;
const hub = { ...ready.hub, generation: ready.hub.generation + 1 };

const told = () => useToasts.getState().shown.map(({ text }) => text);
const write = (text: string) =>
	act(() => dispatchLocal({ do: "draft", channelId, text }));
const come = (input: Input) => act(() => dispatch(input));
const channelGone = event("channel_deleted", {
	server_id: serverId,
	channel_id: channelId,
	structure_rev: 2,
	epoch: 1,
});

it("takes away what was copied or dismissed in another tab", () => {
	write("half a thought");
	come(channelGone);
	expect(told()).toEqual(["#general (Banyan) was deleted."]);
	write("");
	expect(told()).toEqual([]);
});

it("says of a channel that I may not see any more that I do not, and not that it was deleted", () => {
	write("half a thought");
	come(
		event("rights_updated", {
			server_id: serverId,
			permissions: "1024",
			shown: [],
			hidden: [channelId],
			channels: [],
			structure_rev: 2,
			epoch: 2,
		}),
	);
	expect(told()).toEqual(["You can no longer see #general (Banyan)."]);
});

/** Presses ✕ on the newest notice. */
function dismiss(): void {
	const newest = useToasts.getState().shown.at(-1);
	if (!newest) throw new Error("no notice");
	act(() => {
		dismissToast(newest.key);
		newest.onDismiss?.();
	});
}

/** Presses what the newest notice offers. */
function takeUp(): void {
	const newest = useToasts.getState().shown.at(-1);
	if (!newest?.action) throw new Error("no action");
	const { key, action } = newest;
	act(() => {
		dismissToast(key);
		action.run();
	});
}

it("gives back what was thrown away with its notice", () => {
	write("half a thought");
	come(channelGone);
	dismiss();
	expect(store.getState().drafts).toEqual({});
	expect(told()).toEqual(["What you wrote was thrown away."]);
	takeUp();
	expect(told()).toEqual(["#general (Banyan) was deleted."]);
	expect(store.getState().drafts).toEqual({ [channelId]: "half a thought" });
	dismiss();
	expect(store.getState().drafts).toEqual({});
});

it("tells whoever deletes a channel only of what they had written there", async () => {
	write("half a thought");
	await deleteChannel(channelId);
	come(channelGone);
	expect(told()).toEqual(["What you wrote in #general (Banyan) was not sent."]);
});

it("tells whoever deletes a server only of what they had written there", async () => {
	await act(() => deleteServer(serverId));
	expect(told()).toEqual([]);
	act(() => store.setState(applyBatch(initialState, connected(4, "4")), true));
	write("half a thought");
	await act(() => deleteServer(serverId));
	expect(told()).toEqual(["What you wrote in Banyan was not sent."]);
});

it("tells of many lost servers at once, with all that was written in them", () => {
	const [server] = ready.servers;
	if (!server) throw new Error("no server");
	const others = ["Fig", "Neem", "Teak"].map((name, at) => ({
		...server,
		id: `10${at}`,
		name,
	}));
	come(event("ready", { ...ready, servers: [server, ...others] }));
	write("half a thought");
	come(event("ready", { ...ready, servers: [] }));
	expect(told()).toEqual([
		"You are no longer in 4 servers, among them Banyan, Fig, and Neem.",
	]);
	expect(useToasts.getState().shown[0]?.action).toBeDefined();
});

it("tells of servers that are lost one after the other in one notice, as long as that stands", () => {
	const [server] = ready.servers;
	if (!server) throw new Error("no server");
	const fig = { ...server, id: "1001", name: "Fig" };
	const neem = { ...server, id: "1002", name: "Neem" };
	come(event("ready", { ...ready, servers: [server, fig, neem] }));
	write("half a thought");
	const remove = (id: string, reason: "kicked" | "deleted") =>
		come(event("server_removed", { server_id: id, reason }));
	remove(serverId, "kicked");
	expect(told()).toEqual(["You were removed from Banyan."]);
	remove(fig.id, "kicked");
	expect(told()).toEqual(["You were removed from Banyan and Fig."]);
	remove(neem.id, "deleted");
	expect(told()).toEqual(["You are no longer in Banyan, Fig, and Neem."]);
	dismiss();
	expect(store.getState().drafts).toEqual({});
	// What was answered is not told again.
	come(event("ready", { ...ready, servers: [server] }));
	remove(serverId, "deleted");
	expect(told().at(-1)).toBe("Banyan was deleted.");
});

describe("channels that go one by one", () => {
	const names = ["general", "fig", "neem", "teak"];
	const idOf = (name: string) => `200${names.indexOf(name)}`;
	const lose = (name: string) =>
		come(
			event("channel_deleted", {
				server_id: serverId,
				channel_id: idOf(name),
				structure_rev: 9,
				epoch: 1,
			}),
		);

	beforeEach(() => {
		for (const [position, name] of names.entries()) {
			const channel: Channel = {
				id: idOf(name),
				server_id: serverId,
				type: 0,
				name,
				topic: "",
				position,
				created_at: 0,
			};
			if (position > 0)
				come(event("channel_created", { channel, structure_rev: 2, epoch: 1 }));
			const text = `half of ${name}`;
			act(() => dispatchLocal({ do: "draft", channelId: channel.id, text }));
		}
	});

	it("are told in one notice, as they stood in the list, with all that was written there", () => {
		lose("teak");
		expect(told()).toEqual(["#teak (Banyan) was deleted."]);
		lose("fig");
		expect(told()).toEqual(["#fig and #teak (Banyan) were deleted."]);
		lose("neem");
		expect(told()).toEqual(["#fig, #neem, and #teak (Banyan) were deleted."]);
		lose("general");
		expect(told()).toEqual([
			"4 channels were deleted, among them #general, #fig, and #neem (Banyan).",
		]);
		expect(Object.keys(store.getState().drafts)).toHaveLength(4);
		dismiss();
		expect(store.getState().drafts).toEqual({});
	});

	it("are told anew once the notice of the others is answered", () => {
		lose("teak");
		dismiss();
		lose("fig");
		expect(told().at(-1)).toBe("#fig (Banyan) was deleted.");
	});

	it("are told apart from those that I delete myself", async () => {
		lose("teak");
		for (const name of ["neem", "fig"]) {
			await deleteChannel(idOf(name));
			lose(name);
		}
		expect(told()).toEqual([
			"#teak (Banyan) was deleted.",
			"What you wrote in #fig and #neem (Banyan) was not sent.",
		]);
	});
});

it("names lost servers as they stood in the list, however they went", () => {
	const [server] = ready.servers;
	if (!server) throw new Error("no server");
	const fig = { ...server, id: "1001", name: "Fig" };
	const neem = { ...server, id: "1002", name: "Neem" };
	come(event("ready", { ...ready, servers: [neem, server, fig] }));
	for (const { id } of [fig, neem])
		come(event("server_removed", { server_id: id, reason: "kicked" }));
	expect(told()).toEqual(["You were removed from Neem and Fig."]);
});

it("closes what is open only where the reader loses the server in which they are", () => {
	cleanup();
	renderHook(() => useLost(inChannel));
	const [server] = ready.servers;
	if (!server) throw new Error("no server");
	const fig = { ...server, id: "1001", name: "Fig" };
	come(event("ready", { ...ready, servers: [server, fig] }));
	openDialog(() => null);
	come(event("ready", { ...ready, servers: [server] }));
	expect(told()).toHaveLength(1);
	expect(isDialogOpen()).toBe(true);
	come(event("ready", { ...ready, servers: [] }));
	expect(isDialogOpen()).toBe(false);
});

function Form() {
	useTypedWords(["Name", ""]);
	return null;
}

it("offers what was being typed in a dialog with what was written in its server", () => {
	cleanup();
	renderHook(() => useLost(inChannel));
	render(<DialogHost />);
	act(() => openDialog(() => <Form />));
	write("half a thought");
	come(event("server_removed", { server_id: serverId, reason: "deleted" }));
	expect(isDialogOpen()).toBe(false);
	expect(told()).toEqual(["Banyan was deleted."]);
	const { drafts } = store.getState();
	expect(drafts).toEqual({ [channelId]: "half a thought", [serverId]: "Name" });
	dismiss();
	expect(store.getState().drafts).toEqual({});
	releaseKeys();
});

it("offers what was typed at a second loss of the same server beside what was at the first", () => {
	cleanup();
	renderHook(() => useLost(inChannel));
	render(<DialogHost />);
	const removed = event("server_removed", {
		server_id: serverId,
		reason: "kicked",
	});
	for (const draft of ["Name", "Name\n\nName"]) {
		act(() => openDialog(() => <Form />));
		come(removed);
		expect(store.getState().drafts).toEqual({ [serverId]: draft });
		come(event("ready", ready));
	}
	releaseKeys();
});

it("holds the keys of whoever is in a place that a restored hub has not, and tells them", () => {
	cleanup();
	renderHook(() => useLost(inChannel));
	write("half a thought");
	come(event("ready", { ...ready, hub, servers: [] }));
	expect(areKeysHeld()).toBe(true);
	expect(told()).toEqual(["You are no longer in Banyan."]);
	expect(useToasts.getState().shown[0]?.action).toBeDefined();
	releaseKeys();
});

it("leaves whoever writes in a place that a restored hub has, unless a box goes from under their fingers", () => {
	cleanup();
	renderHook(() => useLost(inChannel));
	const come = (generation: number) =>
		act(() =>
			store.setState(
				applyBatch(store.getState(), [
					event("ready", { ...ready, hub: { ...hub, generation } }),
					...connected(4, "4").slice(1),
				]),
				true,
			),
		);
	write("half a thought");
	come(2);
	expect(areKeysHeld()).toBe(false);
	expect(told()).toEqual([]);
	expect(store.getState().drafts).toEqual({ [channelId]: "half a thought" });
	startEditing("4");
	come(3);
	expect(areKeysHeld()).toBe(true);
	releaseKeys();
});
