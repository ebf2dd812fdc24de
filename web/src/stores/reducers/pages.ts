/** Answers of HTTP calls, through the same door as events. */
import type { Page } from "../inputs.ts";
import { unreachable, type Work } from "../work.ts";
import { resolveOutbox } from "./outbox.ts";
import { applyReadState, enterByPage } from "./reads.ts";
import { recallChannel, recallServer, removeServer } from "./servers.ts";
import { setHub, setMe, signIn } from "./session.ts";
import { takePage } from "./timelines.ts";
import { noteWindow } from "./tracks.ts";

export function applyPage(work: Work, page: Page): void {
	switch (page.of) {
		case "session":
			return signIn(work, page.auth.user, page.auth.session_id);
		case "hub":
			return setHub(work, page.hub);
		case "me":
			return setMe(work, page.me);
		case "server":
			return recallServer(work, page.state);
		case "channel":
			return recallChannel(work, page.channel);
		case "removal":
			return removeServer(work, {
				server_id: page.serverId,
				reason: page.reason,
			});
		case "messages":
			return applyMessages(work, page);
		case "read":
			return applyReadState(work, page.read);
		default:
			return unreachable(page);
	}
}

function applyMessages(work: Work, page: Extract<Page, { of: "messages" }>) {
	// The channel may have gone while its page was on the way.
	if (!work.root.timelines[page.channelId]) return;
	const { channelId, part } = page;
	const isFirst = work.root.timelines[channelId]?.status === "loading";
	for (const row of page.page.items) resolveOutbox(work, row);
	takePage(work, channelId, part, page.anchor, page.page);
	if (part !== "newest" && part !== "around") return;
	noteWindow(work, channelId, page.page);
	if (isFirst) enterByPage(work, channelId);
}
