import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { channelId, connected, serverId } from "../../tests/support/samples.ts";
import { useTitle } from "./useTitle.ts";

const place = {
	kind: "channel",
	serverId,
	channelId,
	messageId: null,
} as const;

beforeEach(() => {
	store.setState(applyBatch(initialState, connected(1, "20")), true);
});

it("marks the place while anything is unread, and counts what is for me", () => {
	const { channels, servers } = store.getState();
	const name = channels.byId[channelId]?.name;
	const server = servers.byId[serverId];
	const read = (lastReadId: string) =>
		act(() =>
			store.setState(({ reads }) => ({
				reads: Object.fromEntries(
					Object.entries(reads).map(([id, one]) => [
						id,
						{ ...one, lastReadId },
					]),
				),
			})),
		);
	const title = `#${name} · ${server?.name}`;
	renderHook(() => useTitle(place));
	read("19");
	expect(document.title).toBe(`• ${title}`);
	read("20");
	expect(document.title).toBe(title);
	if (server)
		act(() =>
			store.setState({
				servers: {
					...servers,
					byId: { ...servers.byId, [serverId]: { ...server, mentions: 3 } },
				},
			}),
		);
	expect(document.title).toBe(`(3) ${title}`);
});
