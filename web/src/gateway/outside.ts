import type { AuthResponse } from "@/api/types.ts";
import type { Db } from "@/lib/db.ts";
import type { Lock } from "@/lib/locks.ts";
import type { Tabs } from "@/lib/tabs.ts";
import type { Wire, WireHandlers } from "./wire.ts";

/** The world outside: storage, other tabs, network, time and chance. */
export type Outside = {
	db: Db;
	tabs: Tabs;
	lock: Lock;
	fetcher: typeof fetch;
	/** Renews by the refresh cookie. */
	refresh: () => Promise<AuthResponse>;
	/** Milliseconds since 1970, by this device and by the hub. */
	now: () => number;
	hubNow: () => number;
	random: () => number;
	makeWire?: (handlers: WireHandlers) => Wire;
};
