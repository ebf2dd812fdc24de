import { community, history } from '../support/scenery.ts';
import { enter, expect, heard, test } from '../support/test.ts';

test('the quick switcher opens places and people, completes, and can stay open', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu', 'Babu Mondal');
	const { path, server, channels } = await community(hub, asha, [babu]);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'news' });
	await history(hub, babu, channels[0]?.id ?? '', ['I was here']);
	const page = await visit();
	await enter(page, 'asha', path);
	await page.getByText('I was here').waitFor();

	await page.keyboard.press('Control+k');
	const field = page.getByRole('combobox');
	await field.pressSequentially('@mon');
	await expect(page.getByRole('option')).toHaveText([/Babu Mondal/]);
	await heard(page, '1 result');
	await page.keyboard.press('Tab');
	await expect(field).toHaveValue('@Babu Mondal');
	await page.keyboard.press('Enter');
	const card = page.getByRole('dialog', { name: 'Profile of Babu Mondal' });
	await expect(card.getByText('@babu')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toHaveCount(0);

	await page.keyboard.press('Control+k');
	await field.pressSequentially('#new');
	await expect(page.getByRole('option').first()).toContainText('news');
	await page.keyboard.press('Control+Enter');
	await expect(page.getByRole('heading', { level: 1, name: /# ?news/, includeHidden: true })).toBeAttached();
	await expect(field).toBeFocused();
	await field.fill('nothing is called like this');
	await expect(page.getByText('Nothing found.')).toBeVisible();
	await page.keyboard.press('Enter');
	await page.keyboard.press('Escape');
	await expect(field).toHaveCount(0);
});

test('whoever has left is not shown as if they were here, whether the list knows it or not', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu', 'Babu Mondal');
	const { path, server, channels } = await community(hub, asha, [babu]);
	await history(hub, babu, channels[0]?.id ?? '', ['I was here']);
	const page = await visit();
	/** What the hub tells of lists from now on is still on its way. */
	let isLate = false;
	const late: (() => void)[] = [];
	await page.routeWebSocket(/socket\.io/, (page) => {
		const hub = page.connectToServer();
		hub.onMessage((frame) => {
			if (isLate && frame.includes('"member_list"')) late.push(() => page.send(frame));
			else page.send(frame);
		});
	});
	await enter(page, 'asha', path);
	const list = page.getByRole('complementary', { name: 'Members' });
	await list.getByText('Babu Mondal').waitFor();
	const seek = async () => {
		await page.keyboard.press('Control+k');
		await page.getByRole('combobox').pressSequentially('@babu');
		await page.keyboard.press('Enter');
		await expect(page.getByText('They are no longer in this server.')).toBeVisible();
		await page.keyboard.press('Escape');
		await expect(page.getByRole('dialog')).toHaveCount(0);
	};

	isLate = true;
	const me = await hub.as<{ id: string }>(babu, 'GET', '/api/users/@me');
	await hub.as(asha, 'DELETE', `/api/servers/${server.id}/members/${me.id}`);
	await seek();
	await expect(list.getByText('Babu Mondal')).toBeVisible();

	isLate = false;
	for (const arrive of late) arrive();
	await expect(list.getByText('asha')).toBeVisible();
	await expect(list.getByText('Babu Mondal')).toHaveCount(0);
	await seek();
});

test('what is typed at once after its key is in the switcher, even before its code has come', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, server } = await community(hub, asha, []);
	for (const name of ['repairs', 'market']) {
		await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name });
	}
	const page = await visit();
	let release = () => {};
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	await page.route(/assets\/SwitcherDialog/, async (route) => {
		await held;
		await route.continue();
	});
	await enter(page, 'asha', path);
	const composer = page.getByRole('textbox', { name: 'Message #general' });
	await composer.focus();

	await test.step('the code is on its way', async () => {
		await page.keyboard.press('Control+k');
		await page.keyboard.type('rep', { delay: 0 });
		const dialog = page.getByRole('dialog', { name: 'Go to' });
		await expect(dialog.getByRole('textbox')).toHaveValue('rep');
		await page.keyboard.press('Escape');
		await expect(dialog).toHaveCount(0);
		await expect(composer).toBeFocused();
		await page.keyboard.press('Control+k');
		await page.keyboard.type('repa', { delay: 0 });
		release();
		const field = page.getByRole('combobox');
		await expect(field).toBeFocused();
		await page.keyboard.type('irs', { delay: 0 });
		await expect(field).toHaveValue('repairs');
		await expect(page.getByRole('option')).toHaveText([/repairs/]);
		await page.keyboard.press('Escape');
		await expect(composer).toBeFocused();
	});
	await test.step('the code is there', async () => {
		await page.keyboard.press('Control+k');
		await page.keyboard.type('repairs', { delay: 0 });
		await expect(page.getByRole('combobox')).toHaveValue('repairs');
		// Behind a dialog no role leads to it.
		await expect(page.locator('#composer')).toHaveValue('');
		await page.keyboard.press('Enter');
		await expect(page).toHaveURL(/\/app\/s\//);
		await expect(page.getByRole('textbox', { name: 'Message #repairs' })).toHaveValue('');
	});
	await test.step('all of it before the page has asked for the code', async () => {
		await page.reload();
		await composer.or(page.getByRole('textbox', { name: 'Message #repairs' })).waitFor();
		await page.keyboard.press('Control+k');
		await page.keyboard.type('market', { delay: 0 });
		await page.keyboard.press('Enter');
		await expect(page.getByRole('textbox', { name: 'Message #market' })).toHaveValue('');
		await expect(page.getByRole('dialog')).toHaveCount(0);
	});
});
