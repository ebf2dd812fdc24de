import { community } from '../support/scenery.ts';
import { enter, expect, notice, test } from '../support/test.ts';

const unsaved = 'Unsaved changes';

test('changes are saved by a key, and no way out throws them away unasked', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	await page.getByRole('button', { name: 'Settings', exact: true }).first().click();
	const name = page.getByLabel('Display name');
	await name.fill('Asha of the tree');
	await expect(page.getByText(unsaved)).toBeVisible();
	await page.keyboard.press('Control+s');
	await expect(notice(page, 'Saved')).toBeVisible();
	await expect(page.getByText(unsaved)).toHaveCount(0);

	await name.fill('Asha of the well');
	const question = page.getByRole('alertdialog', { name: 'Discard changes?' });
	const ways: [string, () => Promise<unknown>][] = [
		['a tab', () => page.getByRole('link', { name: 'Language' }).click()],
		['Escape', () => page.keyboard.press('Escape')],
		['Back', () => page.goBack()],
	];
	for (const [way, leave] of ways) {
		await test.step(way, async () => {
			await leave();
			await expect(question).toBeVisible();
			await page.keyboard.press('Escape');
			await expect(question).toHaveCount(0);
			await expect(name).toHaveValue('Asha of the well');
			await expect(page).toHaveURL(/\/app\/settings$/);
		});
	}
	const asked = page.waitForEvent('dialog');
	await page.evaluate(() => setTimeout(() => location.reload()));
	await (await asked).dismiss();
	await expect(name).toHaveValue('Asha of the well');

	await page.goBack();
	await question.getByRole('button', { name: 'Discard' }).click();
	await expect(page).toHaveURL(new RegExp(`${path}$`));
	await expect(page.getByRole('region', { name: 'You' })).toContainText('Asha of the tree');
});

test('what somebody else saved meanwhile stands beside mine until I choose', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { server } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', `/app/s/${server.id}/settings/overview`);
	const name = page.getByLabel('Name of the server');
	await name.fill('Under the fig');
	await hub.as(asha, 'PATCH', `/api/servers/${server.id}`, { name: 'Under the palm' });
	await page.getByRole('button', { name: 'Theirs: Under the palm' }).waitFor();
	await name.press('Enter');
	await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
	await page.getByRole('button', { name: 'Yours: Under the fig' }).click();
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(notice(page, 'Saved')).toBeVisible();
	await expect(page.getByRole('heading', { level: 1, name: 'Under the fig' })).toBeVisible();

	// What I have not touched simply follows.
	await hub.as(asha, 'PATCH', `/api/servers/${server.id}`, { name: 'Under the oak' });
	await expect(name).toHaveValue('Under the oak');
	await expect(page.getByText(unsaved)).toHaveCount(0);
});

test('saving does not put back what this page has not heard of', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { server, channels, path } = await community(hub, asha, []);
	const page = await visit();
	// Its connection is there, but the news of these changes is lost.
	await page.routeWebSocket(/socket\.io/, (socket) => {
		const through = socket.connectToServer();
		through.onMessage((frame) => {
			if (!/server_updated|user_updated|me_updated|channel_updated/.test(String(frame))) {
				socket.send(frame);
			}
		});
	});
	await enter(page, 'asha', `/app/s/${server.id}/settings/overview`);
	// A connection that has begun anew has the news all the same: then it is told before the press.
	const save = page.getByRole('button', { name: 'Save' });
	const takeTheirs = async (field: string, name: string) => {
		const theirs = page.getByRole('button', { name: `Theirs: ${name}` });
		await expect(async () => {
			if (await theirs.isVisible()) await theirs.click();
			else await save.click({ timeout: 1000 });
			await expect(page.getByText(unsaved)).toHaveCount(0, { timeout: 1000 });
		}).toPass();
		await expect(page.getByLabel(field)).toHaveValue(name);
	};
	await page.getByLabel('Name of the server').fill('Under the fig');
	await hub.as(asha, 'PATCH', `/api/servers/${server.id}`, { name: 'Under the palm' });
	await takeTheirs('Name of the server', 'Under the palm');

	await page.goto('/app/settings/profile');
	await page.getByLabel('Display name').fill('Asha of the fig');
	await hub.as(asha, 'PATCH', '/api/users/@me', { display_name: 'Asha of the palm' });
	await takeTheirs('Display name', 'Asha of the palm');

	await page.goto(`/app/s/${server.id}/settings/channels`);
	await page.getByRole('button', { name: 'Edit #general' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Name').fill('square');
	const channel = `/api/channels/${channels[0]?.id}`;
	await hub.as(asha, 'PATCH', channel, { topic: 'All that is new' });
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(dialog).toHaveCount(0);
	await page.goto(path);
	await expect(page.getByRole('heading', { level: 1, name: /# ?square/ })).toBeVisible();
	await expect(page.getByText('All that is new')).toBeVisible();
});
