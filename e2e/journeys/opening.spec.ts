import { community } from '../support/scenery.ts';
import { enter, expect, messages, test } from '../support/test.ts';

test('the mark stands there while the code is on its way, and goes on while the hub is', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	let release = () => {};
	const held = new Promise<void>((done) => {
		release = done;
	});
	let answer = () => {};
	const silence = new Promise<void>((done) => {
		answer = done;
	});
	await page.route(/assets\/start-.*\.js/, (route) => held.then(() => route.continue()));
	await page.route('**/api/auth/refresh', (route) => silence.then(() => route.continue()));
	// What it leads to comes later: only the beginning of the answer is waited for.
	const opened = enter(page, 'asha', path);
	const mark = page.locator('#root > svg');
	await expect(mark).toBeVisible();
	const before = await mark.boundingBox();
	release();
	await expect(page.getByRole('heading', { name: 'Opening the hub' })).toBeVisible();
	await expect(mark).toHaveCount(0);
	expect(await page.locator('main svg').boundingBox()).toEqual(before);
	answer();
	await opened;
	await expect(page.getByRole('textbox', { name: /^Message #/ })).toBeVisible();
	await expect(messages(page)).toHaveCount(0);
});
