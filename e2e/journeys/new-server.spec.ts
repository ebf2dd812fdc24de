import { community } from '../support/scenery.ts';
import { enter, expect, notice, say, test } from '../support/test.ts';

test('a new server tells its owner what it still needs, until it has it', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	const steps = page.getByRole('region', { name: 'First steps' });
	await expect(steps.getByText('0 of 3 done')).toBeVisible();

	await steps.getByRole('button', { name: 'Write the first message' }).click();
	await expect(page.getByRole('textbox', { name: /^Message #/ })).toBeFocused();
	await say(page, 'Is anyone here?');
	await expect(steps.getByText('Write the first message: done')).toBeAttached();

	await steps.getByRole('button', { name: 'Invite someone' }).click();
	const link = await page.getByRole('dialog').getByLabel('Invite link').inputValue();
	await page.keyboard.press('Escape');
	await expect(steps.getByText('2 of 3 done')).toBeVisible();
	await page.reload();
	await expect(steps.getByText('2 of 3 done')).toBeVisible();

	await hub.register('babu');
	const guest = await visit();
	await enter(guest, 'babu', link);
	await guest.getByRole('button', { name: 'Join' }).click();
	const welcome = guest.getByRole('status').filter({ hasText: 'Welcome to Neighbours.' });
	await expect(welcome).toContainText('written here before you came');
	await expect(guest.getByText('Is anyone here?')).toBeVisible();
	await expect(guest.getByRole('region', { name: 'First steps' })).toHaveCount(0);
	await welcome.getByRole('button', { name: 'Dismiss' }).click();
	await expect(welcome).toHaveCount(0);

	await steps.getByRole('button', { name: 'Add a second channel' }).click();
	await page.getByRole('dialog').getByLabel('Name').fill('news');
	await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
	await expect(notice(page, 'All first steps are done.')).toBeVisible();
	await expect(steps).toHaveCount(0);
});

test('the first steps can be put aside, for that server only', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const other = await community(hub, asha, [], 'Book circle');
	const page = await visit();
	await enter(page, 'asha', path);
	const steps = page.getByRole('region', { name: 'First steps' });
	await steps.getByRole('button', { name: 'Hide the first steps' }).click();
	await expect(steps).toHaveCount(0);
	await page.goto(other.path);
	await expect(steps).toBeVisible();
	await page.goto(path);
	await expect(page.getByText('This is the start of #general')).toBeVisible();
	await expect(steps).toHaveCount(0);
});
