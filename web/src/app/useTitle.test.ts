import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { Place } from "@/lib/paths.ts";
import { applyBatch } from "@/stores/applyBatch.ts";
import { initialState, type ServerEntry } from "@/stores/state.ts";
import { store } from "@/stores/store.ts";
import { channelId, connected, serverId } from "../../tests/support/samples.ts";
import { useTitle } from "./useTitle.ts";

const place: Place = {
	kind: "channel",
	serverId,
	channelId,
	messageId: null,
};

const other: ServerEntry = {
	id: "1001",
	name: "Grove",
	icon: null,
	structureRev: 1,
	permissions: "0",
	memberCount: 1,
	epoch: 1,
	isUnread: false,
	mentions: 0,
	details: null,
};

function look(isAttended: boolean): void {
	vi.spyOn(document, "hasFocus").mockReturnValue(isAttended);
	act(() => void window.dispatchEvent(new Event("focus")));
}

function read(lastReadId: string): void {
	act(() =>
		store.setState(({ reads }) => ({
			reads: Object.fromEntries(
				Object.entries(reads).map(([id, one]) => [id, { ...one, lastReadId }]),
			),
		})),
	);
}

function titleOf(): string {
	const { channels, servers } = store.getState();
	return `#${channels.byId[channelId]?.name} · ${servers.byId[serverId]?.name}`;
}

beforeEach(() => {
	look(false);
	store.setState(applyBatch(initialState, connected(1, "20")), true);
});

it("marks the place while anything is unread, and counts what is for me", () => {
	const { servers } = store.getState();
	const server = servers.byId[serverId];
	const title = titleOf();
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

it("says nothing of what is new where one is reading, and says it once one looks away", () => {
	look(true);
	const title = titleOf();
	const { rerender } = renderHook<void, Place>(useTitle, {
		initialProps: place,
	});
	read("19");
	expect(document.title).toBe(title);
	look(false);
	expect(document.title).toBe(`• ${title}`);

	look(true);
	expect(document.title).toBe(title);
	rerender({ kind: "home" });
	expect(document.title).toMatch(/^• /u);
});

it("names no channel that is not shown at this address, and marks what is new in it", () => {
	look(true);
	act(() =>
		store.setState(({ servers }) => ({
			servers: { ...servers, byId: { ...servers.byId, "1001": other } },
		})),
	);
	renderHook(() => useTitle({ ...place, serverId: "1001" }));
	read("20");
	expect(document.title).toBe("Grove");
	read("19");
	expect(document.title).toBe("• Grove");
});

it("leaves the hub's plain name behind", () => {
	const { unmount } = renderHook(() => useTitle(place));
	const hub = store.getState().hub?.name ?? "";
	expect(document.title).not.toBe(hub);
	unmount();
	expect(document.title).toBe(hub);
});
