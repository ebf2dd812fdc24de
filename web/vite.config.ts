import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const hub = "http://127.0.0.1:3000";

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
			"/api": hub,
			"/socket.io": { target: hub, ws: true },
		},
	},
	build: {
		target: "es2023",
		// The binary embeds the output: file names carry hashes, the manifest
		// lets the hub and the size budget find them, and source maps would
		// double what is embedded.
		manifest: true,
		sourcemap: false,
		assetsInlineLimit: 0,
		reportCompressedSize: false,
	},
});
