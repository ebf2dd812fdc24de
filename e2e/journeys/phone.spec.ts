import { smallTargets } from '../support/audit.ts';
import { community, history } from '../support/scenery.ts';
import { enter, expect, messages, say, test } from '../support/test.ts';

test('Back walks the panes, one at a time', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'news' });
	const page = await visit();
	await enter(page, 'asha', path.replace(/\/\d+$/, ''));
	const channels = page.getByRole('tree');
	await expect(channels).toBeVisible();
	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await expect(composer).toHaveCount(0);

	await page.getByRole('treeitem', { name: /general/ }).tap();
	await expect(page.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();
	await expect(channels).toHaveCount(0);
	await say(page, 'from the road');
	await page.getByRole('button', { name: 'Send' }).tap();
	await expect(messages(page).filter({ hasText: 'from the road' })).toHaveCount(1);

	await page.getByRole('button', { name: 'Show members' }).tap();
	const members = page.getByRole('dialog', { name: 'Members' });
	await expect(members.getByRole('button', { name: /^babu/ })).toBeVisible();
	await page.goBack();
	await expect(members).toHaveCount(0);
	await expect(page.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();
	await page.goBack();
	await expect(channels).toBeVisible();
	await page.goForward();
	await expect(messages(page).filter({ hasText: 'from the road' })).toHaveCount(1);
	await page.getByRole('button', { name: 'Back to channels' }).tap();
	await expect(channels).toBeVisible();
});

test('everything fits a thumb and nothing scrolls sideways', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['`a long line of code`'.padEnd(400, 'x'), 'short']);
	const page = await visit();
	const faults: string[] = [];
	await page.goto('/login');
	await page.getByRole('heading').first().waitFor();
	faults.push(...(await smallTargets(page, 44)));
	await enter(page, 'asha', path);
	for (const place of [path, path.replace(/\/\d+$/, ''), '/app/settings/profile', '/app/settings/appearance']) {
		await page.goto(place);
		await expect(page.locator('h1, h2, [role=tree]').first()).toBeVisible();
		faults.push(...(await smallTargets(page, 44)).map((fault) => `${place}: ${fault}`));
		for (const width of [390, 320]) {
			await page.setViewportSize({ width, height: 844 });
			const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
			if (excess > 0) {
				faults.push(`${place} at ${width} px is ${excess} px too wide`);
			}
		}
	}
	expect(faults).toEqual([]);
});
