import type { Page } from '@playwright/test';
import { PASSWORD } from '../support/hub.ts';
import { community } from '../support/scenery.ts';
import { enter, expect, notice, signIn, signInHere, test, THOUGHT, writing } from '../support/test.ts';

const ask = /draft is not finished/;

test('signing out asks about a draft, and may keep it for the next time', async ({ hub, visit }) => {
	const { page, composer } = await writing(hub, visit);
	const signOut = async () => {
		await page.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
		await page.getByRole('menuitem', { name: 'Sign out' }).click();
	};
	await signOut();
	const question = page.getByRole('alertdialog', { name: 'Sign out?' });
	await expect(question.getByText(ask)).toBeVisible();
	await question.getByRole('button', { name: 'Cancel' }).click();
	await expect(composer).toHaveValue(THOUGHT);

	await signOut();
	await question.getByRole('button', { name: 'Sign out and keep it' }).click();
	await signInHere(page, 'asha');
	await expect(composer).toHaveValue(THOUGHT);

	await signOut();
	await question.getByRole('button', { name: 'Sign out, drop the draft' }).click();
	await signInHere(page, 'asha');
	await expect(composer).toHaveValue('');
});

test('a tab says so when another tab signs somebody else in, and keeps the words of each apart', async ({
	hub,
	visit,
}) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path } = await community(hub, asha, [babu]);
	const first = await visit();
	await enter(first, 'asha', path);
	const composer = first.getByRole('textbox', { name: /^Message #/ });
	await composer.fill(THOUGHT);
	const second = await first.context().newPage();
	await second.goto(path);
	await expect(second.getByRole('textbox', { name: /^Message #/ })).toHaveValue(THOUGHT);
	await second.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
	await second.getByRole('menuitem', { name: 'Sign out' }).click();
	await second.getByRole('button', { name: 'Sign out and keep it' }).click();
	await expect(second.getByLabel('Name or e-mail')).toBeVisible();
	await signIn(second, 'babu');

	await expect(notice(first, 'You are now babu in this browser.')).toBeVisible();
	await expect(composer).toHaveValue('');
	await second.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
	await second.getByRole('menuitem', { name: 'Sign out' }).click();
	await expect(second.getByLabel('Name or e-mail')).toBeVisible();
	await signIn(second, 'asha');
	await expect(composer).toHaveValue(THOUGHT);
});

test('the next account to sign in begins at its own place, not where the last one was', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { server } = await community(hub, asha, [babu]);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	const page = await visit();
	await enter(page, 'asha', `/app/s/${server.id}/${side.id}`);
	await page.getByRole('textbox', { name: 'Message #side' }).waitFor();
	await page.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await expect(page).toHaveURL(/\/login$/);
	await page.getByLabel('Name or e-mail').fill('babu');
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('textbox', { name: 'Message #general' }).waitFor();
});

test('who is in no server can sign out, by their own name and in the settings', async ({ hub, visit }) => {
	await hub.setUp('asha');
	const page = await visit();
	await enter(page, 'asha');
	await expect(page.getByRole('heading', { name: /^Welcome, asha/ })).toBeVisible();
	await page.getByRole('region', { name: 'You', exact: true }).getByRole('button', { name: /^asha/ }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await signInHere(page, 'asha');
	await openSettings(page);
	await signOutInSettings(page);
});

test('who is in no server can sign out on a phone', async ({ hub, visit }) => {
	await hub.setUp('asha');
	const page = await visit({ viewport: { width: 390, height: 844 } });
	await enter(page, 'asha');
	await expect(page.getByRole('heading', { name: /^Welcome, asha/ })).toBeVisible();
	await openSettings(page);
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	await expect(page.getByLabel('Name or e-mail')).toBeVisible();
});

async function openSettings(page: Page): Promise<void> {
	const rail = page.getByRole('navigation', { name: 'Servers' });
	await rail.getByRole('button', { name: 'Settings', exact: true }).click();
}

async function signOutInSettings(page: Page): Promise<void> {
	await page.getByRole('link', { name: 'Sessions' }).click();
	const here = page.getByRole('listitem').filter({ hasText: 'This session' });
	await here.getByRole('button', { name: 'Sign out', exact: true }).click();
	await expect(page.getByLabel('Name or e-mail')).toBeVisible();
}

test('signing out in the settings asks about a draft as well', async ({ hub, visit }) => {
	const { page } = await writing(hub, visit);
	await page.getByRole('button', { name: 'Settings', exact: true }).first().click();
	await page.getByRole('link', { name: 'Sessions' }).click();
	await page
		.getByRole('listitem')
		.filter({ hasText: 'This session' })
		.getByRole('button', { name: 'Sign out', exact: true })
		.click();
	await page.getByRole('alertdialog', { name: 'Sign out?' }).getByText(ask).waitFor();
	await page.getByRole('button', { name: 'Sign out and keep it' }).click();
	await expect(page.getByLabel('Name or e-mail')).toBeVisible();
});
