/**
 * Draws every named state in both themes and at three widths into
 * `target/sheet/`, and one page of pictures per theme and width. To be looked
 * at by eye; nothing compares pixels. `SHEET_ONLY` draws the states whose names
 * contain it, or one of several, with commas between.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { type State, states, statesAt } from '../support/states.ts';
import { enter, type Theme, wear } from '../support/test.ts';
import { type Village, village } from '../support/village.ts';

const OUT = resolve(import.meta.dirname, process.env.SHEET_DIR ?? '../../target/sheet');
const only = (process.env.SHEET_ONLY ?? '').split(',');
const sizes = [
	{ width: 1440, height: 900 },
	{ width: 900, height: 1180 },
	{ width: 390, height: 844 },
];
type Size = (typeof sizes)[number];

const drawn = Object.values(states)
	.flat()
	.filter(({ name }) => only.some((part) => name.includes(part)));

let scene: Village;
let began: Date;
test.beforeAll(async () => {
	scene = await village();
	began = new Date();
});
test.afterAll(() => scene.hub.remove());

for (const theme of ['dark', 'light'] as const) {
	for (const size of sizes) {
		test(`${theme}, ${size.width} px`, ({ browser }) => sheet(browser, theme, size));
	}
}

/** All pictures of one theme and width, and the page that shows them. */
async function sheet(browser: Browser, theme: Theme, size: Size): Promise<void> {
	const folder = join(OUT, `${theme}-${size.width}`);
	await mkdir(folder, { recursive: true });
	const names: string[] = [];
	const missing: string[] = [];
	for (const state of statesAt(drawn, size.width)) {
		try {
			await picture(browser, state, theme, size, join(folder, `${state.name}.png`));
			names.push(state.name);
		} catch (error) {
			missing.push(`${state.name}: ${String(error).split('\n')[0]}`);
		}
	}
	const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
	const index = join(folder, 'index.html');
	await writeFile(index, overview(theme, size, names));
	await page.goto(`file://${index}`);
	await page.screenshot({ path: join(OUT, `${theme}-${size.width}.png`), fullPage: true });
	await page.close();
	expect(missing).toEqual([]);
}

async function picture(browser: Browser, state: State, theme: Theme, size: Size, path: string): Promise<void> {
	const context = await browser.newContext({
		baseURL: scene.hub.url,
		viewport: size,
		colorScheme: theme,
		hasTouch: size.width < 1024,
		isMobile: size.width < 768,
		reducedMotion: 'reduce',
		serviceWorkers: 'block',
	});
	try {
		context.setDefaultTimeout(8000);
		await wear(context, theme);
		const page = await context.newPage();
		// Relative times stay what they are while the pictures are made.
		await page.clock.setFixedTime(began);
		await show(page, state);
		await page.screenshot({ path, caret: 'hide', animations: 'disabled' });
		await state.undo?.(page, scene);
	} finally {
		await context.close();
	}
}

async function show(page: Page, state: State): Promise<void> {
	const path = state.at(scene);
	await (state.as ? enter(page, state.as, path) : page.goto(path));
	await page.locator('h1, h2, [role=tree]').first().waitFor();
	await state.act?.(page, scene);
	await page.evaluate(() => document.fonts.ready);
	// Pictures come on their own, after the page.
	await page.waitForLoadState('networkidle');
	// Skeletons show where something is still on its way.
	await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}

function overview(theme: Theme, { width, height }: Size, names: string[]): string {
	const columns = width > 1000 ? 3 : width > 500 ? 4 : 6;
	const figures = names.map(
		(name) => `<figure><img src="${encodeURIComponent(name)}.png" alt=""><figcaption>${name}</figcaption></figure>`,
	);
	return `<!doctype html><meta charset="utf-8"><title>${theme}, ${width} px</title>
<style>body{margin:16px;font:14px system-ui;background:#888}main{display:grid;grid-template-columns:repeat(${columns},1fr);gap:12px}
figure{margin:0}img{width:100%;aspect-ratio:${width}/${height};display:block}figcaption{padding:4px 0}</style>
<main>${figures.join('')}</main>`;
}
