import type { Locator, Page } from '@playwright/test';
import { PASSWORD } from '../support/hub.ts';
import { community, history } from '../support/scenery.ts';
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

	// Until its rows are there, the part itself takes the focus.
	await page.getByRole('complementary').getByRole('button').first().waitFor();
	for (const part of ['complementary', 'navigation', 'navigation'] as const) {
		await page.keyboard.press('F6');
		await expect(page.getByRole(part).filter({ has: page.locator(':focus') })).toHaveCount(1);
	}
	await page.keyboard.press('Shift+F6');
	await expect(page.getByRole('navigation', { name: 'Servers' }).locator(':focus')).toHaveCount(1);
});

test('arrows with other keys lead on from an empty composer, and alone they edit', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, server } = await community(hub, asha, []);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'news' });
	const page = await visit();
	await enter(page, 'asha', path);
	const composer = page.getByRole('textbox', { name: 'Message #general' });
	await composer.fill('The first words');
	await composer.press('Enter');
	await expect(delivered(page)).toHaveCount(1);

	await composer.press('Alt+ArrowUp');
	await expect(page.getByRole('heading', { level: 1, name: /# ?news/ })).toBeVisible();
	await page.keyboard.press('Alt+ArrowUp');
	await expect(page.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();
	for (const keys of ['Control+Alt+ArrowUp', 'Shift+ArrowUp', 'Control+ArrowUp']) await composer.press(keys);
	await expect(page.getByRole('textbox', { name: 'Edit message' })).toHaveCount(0);
	await composer.press('ArrowUp');
	await expect(page.getByRole('textbox', { name: 'Edit message' })).toBeFocused();
});

test('keys can be chosen: taken ones ask, reserved ones say why, and the help follows', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', '/app/settings/keyboard');
	const keysOf = (does: string) => page.getByRole('button', { name: `Change the keys: ${does}` });
	const switcher = keysOf('Go to a channel, server or action');
	const press = async (combo: string) => {
		await switcher.press('Enter');
		await expect(switcher).toContainText('Press the keys…');
		await page.keyboard.press(combo);
	};
	await press('Control+d');
	await expect(page.getByText('The browser keeps this one for itself.')).toBeVisible();
	await page.keyboard.press('x');
	await expect(page.getByText('Typing would trigger this.')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(switcher).toContainText('CtrlK');

	await press('Control+/');
	await expect(page.getByText('Ctrl+/ already does this: Keyboard shortcuts.')).toBeVisible();
	await page.getByRole('button', { name: 'Use it here instead' }).press('Enter');
	await expect(switcher).toContainText('Ctrl/');
	await expect(switcher).toBeFocused();
	await expect(keysOf('Keyboard shortcuts')).toContainText('No keys');
	await press('Alt+j');
	await expect(switcher).toContainText('AltJ');
	await page.getByRole('button', { name: 'Reset to default: Keyboard shortcuts' }).press('Enter');

	await page.reload();
	await expect(switcher).toContainText('AltJ');
	await page.keyboard.press('Escape');
	await expect(page).toHaveURL(new RegExp(path));
	await page.keyboard.press('Control+k');
	await page.keyboard.press('Control+/');
	await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Go to a channel, server or actionAltJ');
	await page.keyboard.press('Escape');
	await page.keyboard.press('Alt+j');
	await expect(page.getByRole('combobox')).toBeFocused();
});

test('the keys on a message can be chosen too, by themselves', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['Sevn it is.']);
	const page = await visit();
	await enter(page, 'asha', '/app/settings/keyboard');
	const edit = page.getByRole('button', { name: 'Change the keys: Edit', exact: false });
	const press = async (combo: string) => {
		await edit.press('Enter');
		await expect(edit).toContainText('Press the keys…');
		await page.keyboard.press(combo);
	};
	await press('ArrowUp');
	await expect(page.getByText('This one is needed to move between messages.')).toBeVisible();
	await page.keyboard.press('c');
	await expect(page.getByText('C already does this: Copy the text.')).toBeVisible();
	await page.getByRole('button', { name: 'Cancel' }).press('Enter');
	await press('b');
	await expect(edit).toContainText('B');

	await page.goto(path);
	const row = messages(page).filter({ hasText: 'Sevn it is.' });
	await row.focus();
	await page.keyboard.press('e');
	await page.keyboard.press('Control+/');
	await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('EditB');
	await page.keyboard.press('Escape');
	await expect(row).toBeFocused();
	await page.keyboard.press('b');
	await expect(page.getByRole('textbox', { name: 'Edit message' })).toHaveValue('Sevn it is.');
});

test('one Escape closes a dialog under a tooltip; a tooltip alone goes without a trace', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	await page.getByText('This is the start of #general').waitFor();
	const tooltip = (text: string) => page.locator('[aria-hidden=true]').getByText(text, { exact: true });

	await page.keyboard.press('Control+/');
	const dialog = page.getByRole('dialog', { name: 'Keyboard' });
	await tabTo(page, dialog.getByRole('button', { name: 'Close' }));
	await expect(tooltip('Close')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);

	// Here Escape would also close the settings.
	await page.goto('/app/settings/keyboard');
	const keys = page.getByRole('button', { name: 'Change the keys: Settings' });
	await keys.press('Enter');
	await expect(keys).toContainText('Press the keys…');
	await page.keyboard.press('Alt+g');
	await tabTo(page, page.getByRole('button', { name: 'Reset to default: Settings' }));
	await expect(tooltip('Reset to default: Settings')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(tooltip('Reset to default: Settings')).toHaveCount(0);
	await expect(page).toHaveURL(/settings/);
	await page.keyboard.press('Escape');
	await expect(page).not.toHaveURL(/settings/);
});
