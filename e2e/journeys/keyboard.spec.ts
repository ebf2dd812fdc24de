import type { Locator, Page } from '@playwright/test';
import { PASSWORD } from '../support/hub.ts';
import { community } from '../support/scenery.ts';
import { delivered, enter, expect, messages, test } from '../support/test.ts';

/** Presses Tab until the control has the focus. */
async function tabTo(page: Page, control: Locator, key = 'Tab'): Promise<void> {
	for (let stop = 0; stop < 40; stop++) {
		if (await control.evaluate((element) => element === document.activeElement).catch(() => false)) {
			return;
		}
		await page.keyboard.press(key);
	}
	throw new Error(`Tab does not reach ${control}`);
}

/** Goes there by Tab and writes. */
async function write(page: Page, control: Locator, text: string): Promise<void> {
	await control.waitFor();
	await tabTo(page, control);
	await page.keyboard.type(text);
}

test('the first steps and the first words need no mouse', async ({ hub, visit }) => {
	const page = await visit();
	await page.goto(await hub.setupLink());
	await write(page, page.getByLabel('Name of the hub'), 'Under the banyan');
	await write(page, page.getByLabel('Name', { exact: true }), 'asha');
	await write(page, page.getByLabel('Password', { exact: true }), PASSWORD);
	await page.keyboard.press('Enter');

	await write(page, page.getByLabel('Name of the server'), 'Neighbours');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();

	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await write(page, composer, 'No mouse here.');
	await page.keyboard.press('Enter');
	await expect(delivered(page).filter({ hasText: 'No mouse here.' })).toHaveCount(1);

	// Back past the actions of the message, which come after it.
	await tabTo(page, messages(page).last(), 'Shift+Tab');
	await page.keyboard.press('e');
	await expect(page.getByRole('textbox', { name: 'Edit message' })).toBeFocused();
	await page.keyboard.type(' At all.');
	await page.keyboard.press('Enter');
	await expect(messages(page).filter({ hasText: 'No mouse here. At all.' })).toContainText('edited');

	await tabTo(page, page.getByRole('button', { name: 'Menu of Neighbours' }));
	await page.keyboard.press('Enter');
	const create = page.getByRole('menuitem', { name: 'Create a channel' });
	await create.waitFor();
	await page.keyboard.type('Create');
	await expect(create).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused();
	await page.keyboard.type('news');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { level: 1, name: /# ?news/ })).toBeVisible();
});

test('keys lead between channels, parts of the window and dialogs, and back', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, server } = await community(hub, asha, []);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'news' });
	const page = await visit();
	await enter(page, 'asha', path);
	await page.getByText('This is the start of #general').waitFor();

	await page.keyboard.press('Alt+ArrowDown');
	await expect(page.getByRole('heading', { level: 1, name: /# ?news/ })).toBeVisible();
	await page.keyboard.press('Alt+ArrowUp');
	await expect(page.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();

	await page.keyboard.press('Control+k');
	await expect(page.getByRole('combobox')).toBeFocused();
	await page.keyboard.type('new');
	await expect(page.getByRole('option').first()).toContainText('news');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { level: 1, name: /# ?news/ })).toBeVisible();

	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await composer.focus();
	await page.keyboard.press('Control+/');
	await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(composer).toBeFocused();

	for (const part of ['complementary', 'navigation', 'navigation'] as const) {
		await page.keyboard.press('F6');
		await expect(page.getByRole(part).filter({ has: page.locator(':focus') })).toHaveCount(1);
	}
	await page.keyboard.press('Shift+F6');
	await expect(page.getByRole('navigation', { name: 'Servers' }).locator(':focus')).toHaveCount(1);
});
