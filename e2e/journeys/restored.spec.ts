import type { Page } from '@playwright/test';
import type { TestHub } from '../support/hub.ts';
import { community, history } from '../support/scenery.ts';
import { AFTER_RETRY, enter, expect, messages, notice, say, test, THOUGHT, type Visit } from '../support/test.ts';

/** Someone in a channel, since before the backup was made; what was said in it comes before and after. */
async function sinceBackup(hub: TestHub, visit: Visit) {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { server, channels, path } = await community(hub, asha, [babu]);
	const general = channels[0]?.id ?? '';
	await history(hub, asha, general, ['said before the backup']);
	const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
	await enter(page, 'babu', path);
	await expect(messages(page)).toHaveText([/before the backup/]);
	await hub.backUp();
	const last = { content: 'said after the backup', nonce: 'after' };
	await hub.as(asha, 'POST', `/api/channels/${general}/messages`, last);
	await expect(messages(page)).toHaveText([/before the backup/, /after the backup/], AFTER_RETRY);
	return { asha, babu, server, page, path };
}

function composer(page: Page, channel: string) {
	return page.getByRole('textbox', { name: `Message #${channel}` });
}

/** Takes what the notice offers with these words. */
async function offered(page: Page, text: string): Promise<string> {
	const told = page.getByRole('region', { name: 'Notices' }).locator(':scope > div').filter({ hasText: text });
	await told.getByRole('button', { name: 'Copy what you wrote' }).click();
	await expect(told).toHaveCount(0);
	await expect(notice(page, 'Copied').first()).toBeVisible();
	return page.evaluate(() => navigator.clipboard.readText());
}

test('what was made after the backup is told of as lost, with what was written there', async ({ hub, visit }) => {
	const { asha, babu, server, page, path } = await sinceBackup(hub, visit);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'later' });
	await community(hub, asha, [babu], 'Fig tree');
	await page.getByRole('link', { name: /^later/ }).click();
	await composer(page, 'later').fill('words for later');
	await page.getByRole('link', { name: 'Fig tree' }).click();
	await composer(page, 'general').click();
	await page.keyboard.type(THOUGHT);

	await hub.restore();
	await expect(notice(page, 'You are no longer in Fig tree.')).toBeVisible(AFTER_RETRY);
	await expect(notice(page, 'You can no longer see #later (Neighbours).')).toBeVisible();
	await expect(page).toHaveURL(new RegExp(`${path}$`));
	await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
	await expect(messages(page)).toHaveText([/before the backup/]);
	await expect(composer(page, 'general')).toHaveValue('');
	expect(await offered(page, 'Fig tree')).toBe(THOUGHT);
	expect(await offered(page, '#later')).toBe('words for later');
	await composer(page, 'general').click();
	await say(page, 'we go on');
	await expect(messages(page)).toHaveText([/before the backup/, /we go on/]);
});

test('whoever writes in a place that the backup has goes on writing, after what is there', async ({ hub, visit }) => {
	const { page } = await sinceBackup(hub, visit);
	await composer(page, 'general').click();
	await page.keyboard.type(THOUGHT);
	await hub.restore();
	await expect(messages(page)).toHaveText([/before the backup/], AFTER_RETRY);
	await expect(composer(page, 'general')).toBeFocused();
	await page.keyboard.type(' that goes on');
	await page.keyboard.press('Enter');
	await expect(messages(page)).toHaveText([/before the backup/, /half a thought that goes on/]);
});
