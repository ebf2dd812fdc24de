/**
 * Away from the keyboard: after ten minutes without input in any tab, the
 * status goes from online to idle, and back at the next input. A status that
 * the user has chosen is left alone.
 */
import type { ChosenStatus } from "@/api/types.ts";
import type { Tabs } from "@/lib/tabs.ts";
import type { Command } from "./commands.ts";

const idleAfterMs = 10 * 60_000;
/** Other tabs hear of activity at most this often. */
const tellEveryMs = 30_000;
const signs = ["pointerdown", "pointermove", "keydown", "wheel"] as const;

type IdleParts = {
	command: Command;
	tabs: Tabs;
	status: () => ChosenStatus;
	now: () => number;
};

/** Watches the page until the returned function is called. */
export function watchIdle(parts: IdleParts): () => void {
	let didIdle = false;
	let lastTold = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const set = (status: ChosenStatus) =>
		parts.command("presence_set", { status }).catch(() => {
			// Presence is a hint; the next change says it again.
		});
	const rest = () => {
		if (parts.status() !== "online") return;
		didIdle = true;
		void set("idle");
	};
	const stir = () => {
		clearTimeout(timer);
		timer = setTimeout(rest, idleAfterMs);
		if (!didIdle) return;
		didIdle = false;
		if (parts.status() === "idle") void set("online");
	};
	const onInput = () => {
		const now = parts.now();
		if (!didIdle && now - lastTold < tellEveryMs) return;
		lastTold = now;
		parts.tabs.post({ kind: "activity" });
		stir();
	};

	for (const sign of signs)
		window.addEventListener(sign, onInput, { passive: true });
	const unlisten = parts.tabs.listen((message) => {
		if (message.kind === "activity") stir();
	});
	stir();
	return () => {
		clearTimeout(timer);
		unlisten();
		for (const sign of signs) window.removeEventListener(sign, onInput);
	};
}
