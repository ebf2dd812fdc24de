/**
 * The service worker: keeps the client's own files, so that it opens without a
 * network. It knows nothing of the hub's data: what it does not list here goes
 * to the network untouched, above all `/api` and `/socket.io`.
 */
import {
	cleanupOutdatedCaches,
	createHandlerBoundToURL,
	precacheAndRoute,
} from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { isPage, isRare } from "./pwa/routes.ts";

declare const self: ServiceWorkerGlobalScope & {
	/** The build puts the list of files here. */
	__WB_MANIFEST: { url: string; revision: string | null }[];
};

/** Files that few readers need, kept once they were needed. */
const rareCache = "battala-rare";

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
// One document draws every page; what is not a page is the hub's to answer.
registerRoute(
	({ request, url }) => request.mode === "navigate" && isPage(url.pathname),
	createHandlerBoundToURL("/index.html"),
);
registerRoute(
	({ url, sameOrigin }) => sameOrigin && isRare(url.pathname),
	async ({ request }) => keepRare(request),
);

// A new worker waits until the reader says so (see `update.ts`).
self.addEventListener("message", (event) => {
	if (event.data === "activate") void self.skipWaiting();
});

/** Its name changes with its content, so that a kept one is never stale. */
async function keepRare(request: Request): Promise<Response> {
	const cache = await caches.open(rareCache);
	const kept = await cache.match(request);
	if (kept) return kept;
	const response = await fetch(request);
	if (response.ok) await cache.put(request, response.clone());
	return response;
}
