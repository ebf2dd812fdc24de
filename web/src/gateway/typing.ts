/** Says that one types, and lets the marks of others go in time. */
import type { Id } from "@/api/types.ts";
import type { Command } from "./commands.ts";

/** The hub refuses more than this from one channel. */
const everyMs = 4000;

export type Typing = {
	/** On every key press. */
	pressed: (channelId: Id) => void;
	/** The message is sent: the next key press counts anew. */
	sent: (channelId: Id) => void;
};

export function createTyping(command: Command, now: () => number): Typing {
	const lastSaid = new Map<Id, number>();
	return {
		pressed(channelId) {
			const last = lastSaid.get(channelId);
			if (last !== undefined && now() - last < everyMs) return;
			lastSaid.set(channelId, now());
			command("typing_start", { channel_id: channelId }).catch(() => {
				// A hint that does not arrive is not worth repeating.
			});
		},
		sent(channelId) {
			lastSaid.delete(channelId);
		},
	};
}
