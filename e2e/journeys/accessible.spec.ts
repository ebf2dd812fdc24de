import { axeFaults, invisibleFocus, smallTargets } from '../support/audit.ts';
import { type State, states } from '../support/states.ts';
import { enter, expect, test, type Theme, wear } from '../support/test.ts';
import { type Village, village } from '../support/village.ts';

test.describe.configure({ timeout: 150_000 });

let scene: Village;
test.beforeAll(async () => {
	scene = await village();
});
test.afterAll(() => scene.hub.remove());

for (const theme of ['dark', 'light'] as const) {
	for (const [group, members] of Object.entries(states)) {
		test(`${group} have no fault in the ${theme} theme`, async ({ browser }) => {
			const faults: string[] = [];
			for (const who of [undefined, 'asha', 'babu', 'haru'] as const) {
				const mine = members.filter((state) => state.as === who);
				if (mine.length === 0) {
					continue;
				}
				const context = await browser.newContext({ baseURL: scene.hub.url, serviceWorkers: 'block' });
				await wear(context, theme);
				const page = await context.newPage();
				await page.setViewportSize({ width: 1440, height: 900 });
				for (const state of mine) {
					faults.push(...(await faultsOf(page, state, theme)));
				}
				await context.close();
			}
			expect(faults).toEqual([]);
		});
	}
}

type Page = Parameters<typeof axeFaults>[0];

async function faultsOf(page: Page, state: State, theme: Theme): Promise<string[]> {
	await open(page, state);
	const faults = [...(await axeFaults(page)), ...(await smallTargets(page, 24))];
	// Focus looks the same in both themes but for its colour; an overlay keeps it to a few controls.
	if (theme === 'dark' && !states.overlays.includes(state)) {
		faults.push(...(await invisibleFocus(page)));
	}
	return faults.map((fault) => `${state.name}: ${fault}`);
}

async function open(page: Page, state: State): Promise<void> {
	const path = state.at(scene);
	if (state.as && page.url() === 'about:blank') {
		await enter(page, state.as, path);
	} else if (new URL(page.url()).pathname === path) {
		// What the state before has opened.
		await page.keyboard.press('Escape');
	} else {
		await page.goto(path);
	}
	await page.locator('h1, h2').first().waitFor();
	await state.act?.(page, scene);
}
