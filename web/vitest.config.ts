import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import viteConfig from "./vite.config.ts";

/** How many times slower than usual this machine is, as `testkit slowness` has measured it. */
const slowness = Math.max(1, Number(process.env.BATTALA_TEST_SLOWNESS) || 1);

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
			// Longer than a test waits for one thing (`tests/support/until.ts`), so that it says which.
			testTimeout: 60_000 * slowness,
		},
	}),
);
