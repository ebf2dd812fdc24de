/** Operations on messages and reading positions. */
import { path, type Send } from "./client.ts";
import type { Id, Message, MessagePage, ReadState } from "./types.ts";

export type PageQuery = {
	before?: Id;
	after?: Id;
	around?: Id;
	limit?: number;
};

export const messages = (send: Send) => ({
	page: (channelId: Id, query: PageQuery, signal?: AbortSignal) =>
		send<MessagePage>({
			method: "GET",
			path: path`channels/${channelId}/messages`,
			query,
			signal,
		}),
	edit: (channelId: Id, id: Id, content: string) =>
		send<Message>({
			method: "PATCH",
			path: path`channels/${channelId}/messages/${id}`,
			body: { content },
		}),
	delete: (channelId: Id, id: Id) =>
		send<void>({
			method: "DELETE",
			path: path`channels/${channelId}/messages/${id}`,
		}),
	read: (channelId: Id) =>
		send<ReadState>({ method: "GET", path: path`channels/${channelId}/read` }),
	markRead: (channelId: Id, messageId: Id, keepalive = false) =>
		send<ReadState>({
			method: "PUT",
			path: path`channels/${channelId}/read`,
			body: { message_id: messageId },
			keepalive,
		}),
});
