/** The store in components: select, never fetch. */
import { useCallback } from "react";
import { useStore as useZustand } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { Channel, Id, Message, PublicUser } from "@/api/types.ts";
import type { Permission } from "@/lib/permissions.ts";
import {
	selectAuthor,
	selectCan,
	selectCanInChannel,
	selectChannels,
	selectHasBegunEdit,
	selectHasUnread,
	selectIsOwner,
	selectIsServerUnread,
	selectIsUnread,
	selectMe,
	selectMessage,
	selectPending,
	selectTimeline,
	selectTyping,
	selectUnreadCount,
	selectWaitingCount,
	type TimelineView,
} from "./selectors.ts";
import type { Connection, MemberRows, Pending, State } from "./state.ts";
import { store } from "./store.ts";

/** Renders again when what `select` gives has another identity. */
export function useStore<T>(select: (state: State) => T): T {
	return useZustand(store, select);
}

/** As `useStore`, for selectors that make a new list or record each time. */
export function useShallowStore<T>(select: (state: State) => T): T {
	return useZustand(store, useShallow(select));
}

export function useMe() {
	return useStore(selectMe);
}

export function useConnection(): Connection {
	return useStore((state) => state.connection);
}

export function useChannels(serverId: Id): readonly Channel[] {
	return useStore((state) => selectChannels(state, serverId));
}

export function useTimeline(channelId: Id): TimelineView {
	return useStore((state) => selectTimeline(state, channelId));
}

export function useMessage(channelId: Id, id: Id): Message | undefined {
	return useStore((state) => selectMessage(state, channelId, id));
}

export function usePending(channelId: Id, nonce: string): Pending | undefined {
	return useStore((state) => selectPending(state, channelId, nonce));
}

export function useAuthor(message: Message): PublicUser {
	return useStore((state) => selectAuthor(state, message));
}

export function useTyping(channelId: Id): readonly PublicUser[] {
	return useStore((state) => selectTyping(state, channelId));
}

export function useDraft(channelId: Id): string {
	return useStore((state) => state.drafts[channelId] ?? "");
}

export function useHasBegunEdit(channelId: Id): boolean {
	return useStore((state) => selectHasBegunEdit(state, channelId));
}

export function useMembers(serverId: Id): MemberRows | undefined {
	return useStore((state) => state.members[serverId]);
}

export function useIsUnread(channelId: Id): boolean {
	return useStore((state) => selectIsUnread(state, channelId));
}

export function useUnreadCount(channelId: Id): number | null {
	return useStore((state) => selectUnreadCount(state, channelId));
}

/** Anywhere, but in the channel that is left out. */
export function useHasUnread(but: Id | null = null): boolean {
	return useStore((state) => selectHasUnread(state, but));
}

export function useIsServerUnread(serverId: Id): boolean {
	return useStore((state) => selectIsServerUnread(state, serverId));
}

export function useIsOwner(serverId: Id): boolean {
	return useStore((state) => selectIsOwner(state, serverId));
}

export function useCan(serverId: Id, wanted: Permission): boolean {
	return useStore(
		useCallback(
			(state: State) => selectCan(state, serverId, wanted),
			[serverId, wanted],
		),
	);
}

export function useCanInChannel(
	channelId: Id,
	wanted: Permission,
): boolean | undefined {
	return useStore(
		useCallback(
			(state: State) => selectCanInChannel(state, channelId, wanted),
			[channelId, wanted],
		),
	);
}

/** How many messages still have to reach the hub. */
export function useWaitingCount(): number {
	return useStore(selectWaitingCount);
}
