import { defineConfig, devices } from '@playwright/test';
import { patience } from './support/deadlines.ts';
import type { Theme } from './support/test.ts';

const byDevice = /(?:tablet|phone)\.spec\.ts/;

/**
 * How high a desk's window is. What a journey means must hold at any height, so that whoever looks
 * for one that does not sets another; journeys about one size of a screen name it themselves.
 */
const height = Number(process.env.BATTALA_TEST_HEIGHT) || 900;

/** Journeys run against the real binary; each test starts a hub of its own. */
export default defineConfig<{ theme: Theme }>({
	testDir: './journeys',
	outputDir: './test-results',
	fullyParallel: true,
	workers: 2,
	timeout: patience(60_000),
	expect: { timeout: patience(15_000) },
	forbidOnly: Boolean(process.env.CI),
	reporter: process.env.CI ? [['list']] : [['line']],
	use: {
		browserName: 'chromium',
		actionTimeout: patience(15_000),
		launchOptions: {
			executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			],
		},
	},
	projects: [
		{
			name: 'desktop',
			testIgnore: byDevice,
			use: { viewport: { width: 1440, height }, colorScheme: 'dark' },
		},
		{
			name: 'light',
			testMatch: /first-steps\.spec\.ts/,
			use: {
				viewport: { width: 1440, height },
				colorScheme: 'light',
				theme: 'light',
				contextOptions: { reducedMotion: 'reduce' },
			},
		},
		{
			name: 'tablet',
			testMatch: /tablet\.spec\.ts/,
			use: { viewport: { width: 900, height: 1180 }, hasTouch: true },
		},
		{
			name: 'phone',
			testMatch: /phone\.spec\.ts/,
			use: { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, defaultBrowserType: 'chromium' },
		},
	],
});
