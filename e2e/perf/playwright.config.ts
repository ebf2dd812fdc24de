import { defineConfig } from '@playwright/test';
import journeys from '../playwright.config.ts';

/** Measures the client and writes its block of docs/benchmarks.md: `npm run perf`. */
export default defineConfig({
	...journeys,
	testDir: '.',
	outputDir: '../test-results/perf',
	workers: 1,
	fullyParallel: false,
	timeout: 600_000,
	reporter: [['list']],
	projects: [{ name: 'perf', use: { viewport: { width: 1440, height: 900 } } }],
});
