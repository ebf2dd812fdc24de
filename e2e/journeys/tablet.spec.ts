import { community } from '../support/scenery.ts';
import { enter, expect, test } from '../support/test.ts';

test('members lie over the chat and go by Escape and by a press beside them', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path } = await community(hub, asha, [babu]);
	const page = await visit();
	await enter(page, 'asha', path);
	// By its words: under a modal sheet it has no role.
	const composer = page.getByPlaceholder('Message #general');
	await expect(composer).toBeVisible();
	await expect(page.getByRole('navigation', { name: 'Channels' })).toBeVisible();
	const members = page.getByRole('dialog', { name: 'Members' });
	await expect(members).toHaveCount(0);
	const width = (await composer.boundingBox())?.width;

	await page.getByRole('button', { name: 'Show members' }).tap();
	await expect(members.getByRole('button', { name: /^babu/ })).toBeVisible();
	expect((await composer.boundingBox())?.width).toBe(width);
	await page.keyboard.press('Escape');
	await expect(members).toHaveCount(0);

	await page.getByRole('button', { name: 'Show members' }).tap();
	await expect(members).toBeVisible();
	await page.touchscreen.tap(120, 600);
	await expect(members).toHaveCount(0);
});
