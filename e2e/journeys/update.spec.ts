import type { Page } from '@playwright/test';
import { Front } from '../support/front.ts';
import { TestHub } from '../support/hub.ts';
import { community, history } from '../support/scenery.ts';
import { AFTER_RETRY, test as base, delivered, enter, expect, messages, say, THOUGHT, writing } from '../support/test.ts';

const test = base.extend<{ front: Front }>({
	// biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
	front: async ({}, use) => use(await Front.start()),
	hub: async ({ front }, use) => {
		const hub = await TestHub.start({}, front);
		await use(hub);
		await hub.remove();
	},
});

const NEXT = '<meta name="generation" content="next">';
const generation = (page: Page) => page.locator('meta[name=generation]');
const pill = (page: Page) => page.getByRole('button', { name: 'Reload for the new version' });

/** From now on the hub has a newer client: another page, and a worker that knows it. */
async function publish(front: Front): Promise<void> {
	const text = async (path: string) => (await fetch(front.url + path)).text();
	const [page, worker] = [await text('/index.html'), await text('/sw.js')];
	const newer = worker.replace(/(revision:"|"revision":")\w+(",url:"index.html"|","url":"index.html")/, '$1next$2');
	expect(newer).not.toBe(worker);
	front.answer = async (path) => {
		if (path === '/sw.js') return { status: 200, type: 'text/javascript', body: newer };
		if (path !== '/index.html') return undefined;
		return { status: 200, type: 'text/html; charset=utf-8', body: page.replace('</head>', `${NEXT}</head>`) };
	};
}

const isWaiting = (page: Page) =>
	page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting != null);

test('a newer client is offered quietly, while nothing is being written, and taken on request', async ({
	hub,
	front,
	visit,
}) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['said before']);
	const page = await visit({ serviceWorkers: 'allow' });
	await page.clock.install();
	await enter(page, 'asha', path);
	await expect(messages(page)).toHaveCount(1);
	await page.evaluate(() => navigator.serviceWorker.ready);
	await page.reload();
	await expect(messages(page)).toHaveCount(1);
	await expect(pill(page)).toHaveCount(0);

	// The hub is replaced while the page is open; it looks again when it is back.
	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await composer.fill('half a thought');
	await publish(front);
	await page.clock.fastForward(61_000);
	await hub.kill();
	await hub.run();
	await expect.poll(() => isWaiting(page), AFTER_RETRY).toBe(true);
	await expect(pill(page)).toHaveCount(0);

	await composer.fill('');
	await expect(pill(page)).toBeVisible();
	await page.context().setOffline(true);
	await say(page, 'written without a network');
	await expect(pill(page)).toHaveCount(0);
	await page.context().setOffline(false);
	await expect(delivered(page).filter({ hasText: 'written without' })).toHaveCount(1, AFTER_RETRY);
	await expect(generation(page)).toHaveCount(0);

	await pill(page).click();
	await expect(generation(page)).toHaveAttribute('content', 'next');
	await expect(page).toHaveURL(new RegExp(`${path}$`));
	await expect(messages(page)).toHaveCount(2);
	await expect(pill(page)).toHaveCount(0);
});

const settingsCode = /^\/assets\/UserSettings-.*\.js$/;

test('a part of the client that is gone brings one silent reload, and no word is lost', async ({ hub, front, visit }) => {
	const { page, composer } = await writing(hub, visit);
	let loads = 0;
	page.on('load', () => loads++);
	// Gone for all that this page asks for, preloading included, until another page is asked for.
	let isOld = true;
	let asked = 0;
	front.answer = async (file) => {
		if (file.startsWith('/app')) isOld = false;
		if (!settingsCode.test(file)) return undefined;
		asked++;
		return isOld ? { status: 404, type: 'text/plain', body: 'gone' } : undefined;
	};
	await page.getByRole('button', { name: 'Settings', exact: true }).first().click();
	await expect(page.getByLabel('Display name')).toBeVisible();
	// The page is there before the last of its parts has come.
	await expect.poll(() => loads).toBe(1);
	expect(asked).toBeGreaterThan(1);
	await page.goBack();
	await expect(composer).toHaveValue(THOUGHT);
});
