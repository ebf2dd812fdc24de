import { defineConfig } from '@playwright/test';
import journeys from '../playwright.config.ts';

/** Draws the contact sheet: `npm run sheet`. */
export default defineConfig({
	...journeys,
	testDir: '.',
	outputDir: '../test-results/sheet',
	timeout: 600_000,
	projects: [{ name: 'sheet' }],
});
