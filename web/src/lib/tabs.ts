/** What the tabs of one browser tell each other. Knows no store. */
import type { AuthResponse, EndReason, Id } from "@/api/types.ts";

export type TabMessage =
	| { kind: "token"; auth: AuthResponse }
	/** Somebody signed out, or was signed out from elsewhere for this reason. */
	| {
			kind: "signed_out";
			userId: Id;
			keepsWriting: boolean;
			reason?: EndReason | null;
	  }
	| { kind: "draft"; userId: Id; channelId: Id; text: string }
	/** The stored outbox of the channel has changed: read it again. */
	| { kind: "outbox"; userId: Id; channelId: Id }
	/** Someone is using one of the tabs. */
	| { kind: "activity" };

export type Tabs = {
	post: (message: TabMessage) => void;
	/** Calls back for messages of other tabs; returns how to stop. */
	listen: (heard: (message: TabMessage) => void) => () => void;
	close: () => void;
};

export function createTabs(name = "battala"): Tabs {
	const channel = new BroadcastChannel(name);
	const listeners = new Set<(message: TabMessage) => void>();
	let isOpen = true;
	channel.onmessage = (event: MessageEvent<TabMessage>) => {
		for (const listener of listeners) listener(event.data);
	};
	return {
		// What was under way at the end has nobody to tell.
		post: (message) => {
			if (isOpen) channel.postMessage(message);
		},
		listen(heard) {
			listeners.add(heard);
			return () => {
				listeners.delete(heard);
			};
		},
		close: () => {
			isOpen = false;
			channel.close();
		},
	};
}
