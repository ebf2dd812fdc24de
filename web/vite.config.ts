import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const hub = "http://127.0.0.1:3000";
/** The page keeps its own address: the hub lets nobody sign in whose page is not where they ask. */
const asked = { target: hub, changeOrigin: false };

type Graph = { getModuleInfo: (id: string) => Module | null };
type Module = { importedIds: readonly string[] };

/** The page's own entry stays a file of its own: the manifest names it by its source. */
function startChunk(id: string): string | null {
	return id.endsWith("/src/main.tsx") || id.endsWith("/index.html")
		? null
		: "start";
}

/**
 * Names the chunks of what the signed-in page needs at once: `parts` has what pages before it
 * need, too. Whatever two chunks share would otherwise become a chunk of its own: dozens of small
 * files, each with a request.
 */
function chatChunks() {
	const chat = ["src/app/Hub.tsx", "src/gateway/live.ts"].map(sourcePath);
	const before = readdirSync(sourcePath("src/features/auth"))
		.filter((name) => name.endsWith(".tsx"))
		.map((name) => sourcePath(`src/features/auth/${name}`));
	before.push(sourcePath("src/ui/art/Banyan.tsx"));
	let ofChat: Set<string> | undefined;
	let ofBefore: Set<string> | undefined;
	const nameOf = (id: string, graph: Graph) => {
		ofChat ??= reachedFrom(chat, graph);
		ofBefore ??= reachedFrom(before, graph);
		if (!ofChat.has(id)) return null;
		return ofBefore.has(id) ? "parts" : "chat";
	};
	return ["parts", "chat"].map((name, index) => ({
		name: (id: string, graph: Graph) =>
			nameOf(id, graph) === name ? name : null,
		priority: 2 - index,
	}));
}

function sourcePath(path: string): string {
	return fileURLToPath(new URL(path, import.meta.url));
}

/** These name all of their library; what is used of it is known only after shaking. */
const INDEXES = /\/radix-ui\/|\/lucide-react\.\w+$/u;

function reachedFrom(roots: readonly string[], graph: Graph): Set<string> {
	const reached = new Set(roots);
	for (const id of reached)
		for (const next of graph.getModuleInfo(id)?.importedIds ?? [])
			if (!INDEXES.test(next)) reached.add(next);
	return reached;
}

export default defineConfig({
	plugins: [
		react(),
		tailwindcss(),
		VitePWA({
			strategies: "injectManifest",
			srcDir: "src",
			filename: "sw.ts",
			// `src/pwa` registers it, and `public` has the manifest.
			injectRegister: false,
			manifest: false,
			injectManifest: {
				globPatterns: ["**/*.{html,js,css}", "*.svg", "assets/inter-*.woff2"],
				dontCacheBustURLsMatching: /^assets\//u,
			},
		}),
	],
	resolve: {
		alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) },
	},
	server: {
		host: "127.0.0.1",
		port: 5173,
		proxy: {
			"/api": asked,
			"/socket.io": { ...asked, ws: true },
		},
	},
	build: {
		target: "es2023",
		// The binary embeds the output: file names carry hashes, the manifest
		// lets the hub and the size budget find them, and source maps would
		// double what is embedded.
		manifest: true,
		// All browsers of the target know it.
		modulePreload: { polyfill: false },
		sourcemap: false,
		assetsInlineLimit: 0,
		reportCompressedSize: false,
		rolldownOptions: {
			output: {
				codeSplitting: {
					groups: [
						{ name: startChunk, tags: ["$initial"], priority: 3 },
						...chatChunks(),
					],
				},
			},
		},
	},
});
