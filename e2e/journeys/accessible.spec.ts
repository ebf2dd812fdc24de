import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { axeFaults, invisibleFocus, sidewaysScroll, smallTargets, watchMotion } from '../support/audit.ts';
import { patience } from '../support/deadlines.ts';
import { type State, states, statesAt } from '../support/states.ts';
import { enter, expect, test, type Theme, wear } from '../support/test.ts';
import { type Village, village } from '../support/village.ts';

test.describe.configure({ timeout: patience(150_000) });

let scene: Village;
test.beforeAll(async () => {
	scene = await village();
});
test.afterAll(() => scene.hub.remove());

/** How a device looks at the client, and how large its controls must be. */
interface Device {
	name: string;
	minTargetPx: number;
	context: BrowserContextOptions;
}

const desk: Device = { name: 'on a desk', minTargetPx: 24, context: { viewport: { width: 1440, height: 900 } } };
const phone: Device = {
	name: 'on a phone',
	minTargetPx: 44,
	context: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

for (const device of [desk, phone]) {
	for (const theme of ['dark', 'light'] as const) {
		for (const [group, members] of Object.entries(states)) {
			test(`${group} have no fault ${device.name} in the ${theme} theme`, async ({ browser }) => {
				// Focus looks the same in both themes but for its colour; an overlay keeps it to a few controls.
				const walksFocus = theme === 'dark' && group !== 'overlays';
				expect(await faultsOf(browser, members, device, theme, walksFocus)).toEqual([]);
			});
		}
	}
}

/** What readers change about every page: their system's colours, their zoom, their size of text. */
const needs: (Device & { looks?: object })[] = [
	{ ...desk, name: 'in forced colours', context: { ...desk.context, forcedColors: 'active' } },
	{ ...desk, name: 'with more contrast', context: { ...desk.context, contrast: 'more' } },
	{ ...desk, name: 'at 200 %', context: { viewport: { width: 720, height: 450 } } },
	{ ...desk, name: 'at 400 %', context: { viewport: { width: 360, height: 225 } } },
	{ ...desk, name: 'with text of 24 px', looks: { bodyPx: 24 } },
];
const key = ['sign-in refused', 'chat', 'delete message', 'quick switcher', 'settings changed', 'server channels'];

for (const device of needs) {
	test(`the key screens have no fault ${device.name}`, async ({ browser }) => {
		const members = Object.values(states)
			.flat()
			.filter(({ name }) => key.includes(name));
		expect(members).toHaveLength(key.length);
		expect(await faultsOf(browser, members, device, 'dark', true)).toEqual([]);
	});
}

for (const [wish, calm, looks] of [
	['by the system', { reducedMotion: 'reduce' }, {}],
	['by the settings', {}, { motion: 'reduced' }],
] as const) {
	test(`nothing moves where motion is reduced ${wish}`, async ({ browser }) => {
		for (const { context } of [desk, phone]) {
			// The watch itself is watched: without the wish it has much to tell.
			expect(await movedIn(browser, context, {})).not.toEqual([]);
			expect(await movedIn(browser, { ...context, ...calm }, looks)).toEqual([]);
		}
	});
}

/** What moves while someone opens and closes what opens. */
async function movedIn(browser: Browser, options: BrowserContextOptions, looks: object): Promise<string[]> {
	const context = await browser.newContext({ ...options, baseURL: scene.hub.url, serviceWorkers: 'block' });
	await wear(context, 'dark', looks);
	const page = await context.newPage();
	const watch = await watchMotion(page);
	const walk = ['chat', 'message menu', 'delete message', 'quick switcher', 'members', 'server menu', 'invite dialog'];
	const moved: string[] = [];
	for (const state of statesAt(Object.values(states).flat(), options.viewport?.width ?? 0)) {
		if (!walk.includes(state.name)) continue;
		await open(page, state);
		moved.push(...(await watch.moved()));
	}
	await context.close();
	return [...new Set(moved)];
}

/** One page for each reader: the client starts once and goes from state to state. */
async function faultsOf(
	browser: Browser,
	members: State[],
	device: Device & { looks?: object },
	theme: Theme,
	walksFocus: boolean,
): Promise<string[]> {
	const faults: string[] = [];
	for (const who of [undefined, 'asha', 'babu', 'haru'] as const) {
		const mine = statesAt(members, device.context.viewport?.width ?? 0).filter((state) => state.as === who);
		if (mine.length === 0) {
			continue;
		}
		const context = await browser.newContext({ ...device.context, baseURL: scene.hub.url, serviceWorkers: 'block' });
		await wear(context, theme, device.looks);
		const page = await context.newPage();
		for (const state of mine) {
			await open(page, state);
			const found = [
				...(await axeFaults(page)),
				...(await smallTargets(page, device.minTargetPx)),
				...(await sidewaysScroll(page)),
				...(walksFocus ? await invisibleFocus(page) : []),
			];
			faults.push(...found.map((fault) => `${state.name}: ${fault}`));
			await state.undo?.(page, scene);
		}
		await context.close();
	}
	return faults;
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
	await page.locator('h1, h2, [role=tree]').first().waitFor();
	await state.act?.(page, scene);
	// A slow machine shows what is on its way first, and that has headings, too.
	await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
	await page.locator('h1, h2, [role=tree]').first().waitFor();
}

test('Bengali is written in the font of the hub, with its conjuncts', async ({ browser }) => {
	const context = await browser.newContext({ baseURL: scene.hub.url, serviceWorkers: 'block' });
	const page = await context.newPage();
	await page.goto('/login');
	await page.getByText('বাংলা').first().waitFor();
	const widths = await page.evaluate(async () => {
		const family = '"Noto Sans Bengali Variable"';
		await document.fonts.load(`400 40px ${family}`, 'ক');
		const context = document.createElement('canvas').getContext('2d');
		if (!context || !document.fonts.check(`40px ${family}`, 'ক')) return [];
		context.font = `40px ${family}`;
		const width = (text: string) => context.measureText(text).width;
		// With the hasanta shown, a group is as wide as its letters; joined it is narrower.
		return [
			['ক্ষ', 'ক্\u200Cষ'],
			['জ্ঞ', 'জ্\u200Cঞ'],
			['স্ত্র', 'স্\u200Cত্\u200Cর'],
		].map(([joined = '', apart = '']) => width(joined) / width(apart));
	});
	expect(widths).toHaveLength(3);
	for (const ratio of widths) {
		expect(ratio).toBeLessThan(0.85);
	}
	await context.close();
});
