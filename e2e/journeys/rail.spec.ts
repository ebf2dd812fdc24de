import type { Page } from '@playwright/test';
import { community } from '../support/scenery.ts';
import { enter, expect, heard, notice, test } from '../support/test.ts';

const NAMES = ['Alley', 'Bakery', 'Canal'];

const tiles = (page: Page) =>
	page
		.getByRole('navigation', { name: 'Servers' })
		.getByRole('listitem')
		.getByRole('link')
		.evaluateAll((links) => links.map((link) => link.getAttribute('aria-label')));
const tile = (page: Page, name: string) =>
	page.getByRole('navigation', { name: 'Servers' }).getByRole('link', { name });

test('servers are put in order by key, menu and dragging, and other devices follow', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	for (const name of NAMES) {
		await community(hub, asha, [], name);
	}
	const [page, other] = [await visit(), await visit()];
	await enter(page, 'asha');
	await enter(other, 'asha');
	await expect.poll(() => tiles(page)).toEqual(NAMES);

	await tile(page, 'Canal').focus();
	await page.keyboard.press('Alt+Shift+ArrowUp');
	await heard(page, 'Canal is now 2 of 3.');
	await page.keyboard.press('Alt+Shift+ArrowUp');
	await expect(tile(page, 'Canal')).toBeFocused();
	await expect.poll(() => tiles(page)).toEqual(['Canal', 'Alley', 'Bakery']);
	await expect.poll(() => tiles(other)).toEqual(['Canal', 'Alley', 'Bakery']);

	await tile(other, 'Canal').click({ button: 'right' });
	await expect(other.getByRole('menuitem', { name: 'Move up' })).toBeDisabled();
	await other.getByRole('menuitem', { name: 'Move down' }).click();
	await expect.poll(() => tiles(page)).toEqual(['Alley', 'Canal', 'Bakery']);

	const before = page.url();
	await tile(page, 'Bakery').hover();
	await page.mouse.down();
	const goal = await tile(page, 'Alley').boundingBox();
	await page.mouse.move(goal?.x ?? 0, (goal?.y ?? 0) + 10, { steps: 8 });
	await page.mouse.up();
	await expect.poll(() => tiles(other)).toEqual(['Bakery', 'Alley', 'Canal']);
	await expect.poll(() => tiles(page)).toEqual(['Bakery', 'Alley', 'Canal']);
	expect(page.url()).toBe(before);

	await page.reload();
	await expect.poll(() => tiles(page)).toEqual(['Bakery', 'Alley', 'Canal']);
});

test('an order that the hub does not take is undone, with the reason', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	for (const name of NAMES) {
		await community(hub, asha, [], name);
	}
	const page = await visit();
	await enter(page, 'asha');
	await expect.poll(() => tiles(page)).toEqual(NAMES);
	let answer = () => {};
	const answered = new Promise<void>((done) => {
		answer = done;
	});
	await page.route('**/api/servers', async (route) => {
		await answered;
		await route.fulfill({ status: 503, contentType: 'application/problem+json', json: { code: 'unavailable', title: 'busy' } });
	});
	await tile(page, 'Alley').focus();
	await page.keyboard.press('Alt+Shift+ArrowDown');
	await expect.poll(() => tiles(page)).toEqual(['Bakery', 'Alley', 'Canal']);
	answer();
	await expect(notice(page, 'The servers were not moved: The hub is busy. Try again shortly.')).toBeVisible();
	await expect.poll(() => tiles(page)).toEqual(NAMES);
});
