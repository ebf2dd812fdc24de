/** Keeps the token of an open connection good, before it expires. */
import type { AuthResponse } from "@/api/types.ts";
import type { Command } from "./commands.ts";
import { isOver } from "./over.ts";

/** Well before the end, so that a slow network has several tries. */
const marginMs = 90_000;
const retryMs = 10_000;

type RenewalParts = {
	command: Command;
	/** The token in use now, and another one instead of it. */
	current: () => string | null;
	renew: (stale: string | null) => Promise<AuthResponse>;
	now: () => number;
	/** The hub does not know the session any more. */
	onEnded: () => void;
};

export type Renewal = {
	/** The connection's token is good until `expiresAt`. */
	schedule: (expiresAt: number) => void;
	stop: () => void;
};

export function createRenewal(parts: RenewalParts): Renewal {
	let timer: ReturnType<typeof setTimeout> | undefined;

	const after = (ms: number) => {
		clearTimeout(timer);
		// Never in a circle, whatever the clocks say.
		timer = setTimeout(() => void renew(), Math.max(retryMs, ms));
	};
	const renew = async () => {
		try {
			const auth = await parts.renew(parts.current());
			const token = auth.access_token;
			const { expires_at } = await parts.command("session_refresh", { token });
			after(expires_at - marginMs - parts.now());
		} catch (error) {
			if (isOver(error)) parts.onEnded();
			else after(retryMs);
		}
	};

	return {
		schedule: (expiresAt) => after(expiresAt - marginMs - parts.now()),
		stop: () => clearTimeout(timer),
	};
}
