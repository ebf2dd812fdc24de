/**
 * Registers the service worker and knows when a newer client waits. It never
 * reloads by itself: the reader does, when nothing is at stake.
 */
import { create } from "zustand";

/** Asking for a newer client more often than this tells nothing new. */
const CHECK_EVERY_MS = 60_000;

const WORKER = "/sw.js";

/** What of the Trusted Types API is needed here. */
type TrustedTypes = {
	createPolicy: (
		name: string,
		rules: { createScriptURL: (text: string) => string },
	) => { createScriptURL: (text: string) => object };
};

/** Whether a newer client is installed and waits. */
export const useUpdate = create<{ isWaiting: boolean }>(() => ({
	isWaiting: false,
}));

let isStarted = false;
let registration: ServiceWorkerRegistration | null = null;
let checkedAt = 0;

/** Registers the worker once; without one the client works, but not offline. */
export async function startUpdates(): Promise<void> {
	if (!import.meta.env.PROD || isStarted) return;
	if (!("serviceWorker" in navigator)) return;
	// Whoever signs in again finds the first attempt; a trusted type can be made only once.
	isStarted = true;
	try {
		registration = await navigator.serviceWorker.register(workerUrl(), {
			updateViaCache: "none",
		});
	} catch {
		// Private windows and blocked storage refuse it.
		return;
	}
	// A browser that is told to have no workers answers with nothing.
	if (!registration) return;
	checkedAt = Date.now();
	follow(registration);
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") checkForUpdate();
	});
}

/** Asks the hub whether there is a newer client. */
export function checkForUpdate(): void {
	if (!registration || Date.now() - checkedAt < CHECK_EVERY_MS) return;
	checkedAt = Date.now();
	// Offline it fails; the next check may not.
	registration.update().catch(() => {});
}

/** Lets the newer client take over and opens it. */
export function applyUpdate(): void {
	const waiting = registration?.waiting;
	if (!waiting) return location.reload();
	navigator.serviceWorker.addEventListener(
		"controllerchange",
		() => location.reload(),
		{ once: true },
	);
	waiting.postMessage("activate");
}

/** Under Trusted Types a plain text names no script. */
function workerUrl(): string {
	const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
	if (!trustedTypes) return WORKER;
	const policy = trustedTypes.createPolicy("battala-worker", {
		createScriptURL: () => WORKER,
	});
	// The DOM's types know addresses as texts only.
	return policy.createScriptURL("") as unknown as string;
}

function follow(from: ServiceWorkerRegistration): void {
	const look = () => {
		// The first worker of a device replaces nothing.
		const isNewer = from.waiting !== null && navigator.serviceWorker.controller;
		useUpdate.setState({ isWaiting: Boolean(isNewer) });
	};
	const lookWhenInstalled = () =>
		from.installing?.addEventListener("statechange", look);
	look();
	lookWhenInstalled();
	from.addEventListener("updatefound", lookWhenInstalled);
}
