/** Which addresses the service worker answers; everything else is the hub's. */

/** The first parts of paths that the hub answers itself, as `client/mod.rs` lists them. */
const foreign = new Set(["api", "assets", "socket.io", "healthz", "readyz"]);

/** Whether the client draws this path: neither the hub's own, nor a file. */
export function isPage(path: string): boolean {
	const parts = path.split("/");
	return !foreign.has(parts[1] ?? "") && !(parts.at(-1) ?? "").includes(".");
}

/** Built files that the first visit does not fetch: fonts of other scripts. */
export function isRare(path: string): boolean {
	return path.startsWith("/assets/") && path.endsWith(".woff2");
}
