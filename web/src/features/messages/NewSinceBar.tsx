import type { Id } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import {
	type Entry,
	getState,
	jumpToRead,
	jumpToStart,
	markRead,
	type TimelineRow,
	useIsUnread,
	useStore,
} from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { attempt } from "@/ui/tellFault.ts";
import type { Jumps } from "./useJump.ts";

type Props = {
	channelId: Id;
	jumps: Jumps;
	rows: readonly TimelineRow[];
	/** The divider is further up than what is seen. */
	isDividerAbove: boolean;
	/** The reader has come in past it and not seen it since. */
	isPast: boolean;
	/** The reader has been led to where it begins. */
	onLed: () => void;
};

/**
 * Says how much is new as long as the reader is past its beginning, and that a mark of the reader's
 * own is held while it is out of sight. It floats over the list, so that coming and going
 * moves nothing, below what is said of the connection.
 */
export function NewSinceBar({
	channelId,
	jumps,
	rows,
	isDividerAbove,
	isPast,
	onLed,
}: Props) {
	const t = useT();
	const news = useNews();
	const entry = useStore((state) =>
		state.ui.entry?.channelId === channelId ? state.ui.entry : null,
	);
	const isUnread = useIsUnread(channelId);
	if (!entry || !isUnread || rows.length === 0) return null;
	const { lastReadId, isHeld } = entry;
	const hasDivider = rows.some((row) => row.kind === "unread");
	if (isHeld ? hasDivider && !isDividerAbove : !isPast) return null;
	const jump = async () => {
		const outcome = await jumps.jump("news", t.notDone.news, (left) =>
			lastReadId
				? jumpToRead(channelId, lastReadId, left)
				: jumpToStart(channelId, left),
		);
		if (outcome === "there") onLed();
	};
	const mark = () => {
		const { name = "" } = getState().channels.byId[channelId] ?? {};
		void attempt(
			["channelRead", channelId],
			t.notDone.channelRead(name),
			markRead(channelId),
		);
	};
	return (
		<div className="absolute inset-x-4 top-2 z-10 flex [main:has([data-connection])_&]:top-10 max-tablet:[main:has([data-connection])_&]:top-14 animate-fade items-center gap-2 rounded-control border border-line bg-raised ps-3 pe-1 shadow-overlay">
			<p className="min-w-0 grow py-1 text-ui text-balance">
				{news(entry, rows)}
			</p>
			<Button
				look="quiet"
				busy={jumps.goal === "news"}
				onClick={() => void jump()}
			>
				{t.chat.jump}
			</Button>
			<Button look="quiet" onClick={mark}>
				{t.chat.markRead}
			</Button>
		</div>
	);
}

/** The words for what is new; where nothing was ever read there is nothing that it is new since. */
function useNews(): (entry: Entry, rows: readonly TimelineRow[]) => string {
	const { chat } = useT();
	const format = useFormat();
	const since = (id: Id) => format.moment(timeOfId(id), Date.now());
	return ({ lastReadId, unread, isHeld, markedId }, rows) => {
		if (lastReadId === null)
			return unread ? chat.newMessages(unread) : chat.newMessagesSome;
		if (isHeld)
			return chat.heldSince(
				since(markedId ?? belowDivider(rows) ?? lastReadId),
			);
		const count = unread ? chat.unread(unread) : chat.unreadSome;
		return chat.newSince(count, since(lastReadId));
	};
}

/** What the divider stands before, as far as it is loaded. */
function belowDivider(rows: readonly TimelineRow[]): Id | null {
	const divider = rows.findIndex(({ kind }) => kind === "unread");
	if (divider < 0) return null;
	// A day may begin between the two.
	const below = rows.slice(divider + 1).find(({ kind }) => kind === "message");
	return below?.kind === "message" ? below.id : null;
}

/** Ids carry their time: milliseconds since 2015 in the bits above the lowest 22 (wire contract). */
const ID_EPOCH_MS = Date.UTC(2015, 0, 1);

function timeOfId(id: Id): number {
	return Number(BigInt(id) >> 22n) + ID_EPOCH_MS;
}
