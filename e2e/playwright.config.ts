import { defineConfig, devices } from '@playwright/test';

/** Journeys run against the real binary; each test starts a hub of its own. */
export default defineConfig({
	testDir: './journeys',
	outputDir: './test-results',
	fullyParallel: true,
	workers: 2,
	timeout: 60_000,
	expect: { timeout: 10_000 },
	forbidOnly: Boolean(process.env.CI),
	reporter: process.env.CI ? [['list']] : [['line']],
	use: {
		browserName: 'chromium',
		actionTimeout: 10_000,
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
		{ name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
		{
			name: 'phone',
			testMatch: /phone\.spec\.ts/,
			use: { ...devices['Pixel 7'], defaultBrowserType: 'chromium' },
		},
	],
});
