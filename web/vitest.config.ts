import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import viteConfig from "./vite.config.ts";

export default mergeConfig(
	viteConfig,
	defineConfig({
		test: {
			environment: "jsdom",
			include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
			setupFiles: ["tests/setup.ts"],
			restoreMocks: true,
			pool: "threads",
			maxWorkers: 2,
		},
	}),
);
