import { PASSWORD } from '../support/hub.ts';
import { expect, messages, say, signIn, test } from '../support/test.ts';

test('from the setup link to two people who chat', async ({ hub, visit }) => {
	const stranger = await visit();
	await stranger.goto('/');
	await expect(stranger.getByRole('heading', { name: 'Not set up yet' })).toBeVisible();

	const asha = await visit();
	await asha.goto(await hub.setupLink());
	await asha.getByLabel('Name of the hub').fill('Under the banyan');
	await asha.getByLabel('Name', { exact: true }).fill('Asha');
	await asha.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await asha.getByRole('radio', { name: /Invite only/ }).check();
	await asha.getByRole('button', { name: 'Open the hub' }).click();

	await asha.getByLabel('Name of the server').fill('Neighbours');
	await asha.getByRole('button', { name: 'Create', exact: true }).click();
	await expect(asha.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();
	await say(asha, 'Is anyone here?');
	await expect(messages(asha).filter({ hasText: 'Is anyone here?' })).toHaveCount(1);

	await asha.getByRole('button', { name: 'Menu of Neighbours' }).click();
	await asha.getByRole('menuitem', { name: 'Invite people' }).click();
	const link = await asha.getByLabel('Invite link').inputValue();
	await asha.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

	// The hub is invite-only: the invite is also the way to an account.
	const babu = await visit();
	await babu.goto(link);
	await expect(babu.getByRole('heading', { name: 'You are invited to Neighbours' })).toBeVisible();
	await babu.getByRole('link', { name: 'Create an account to join' }).click();
	await babu.getByLabel('Name', { exact: true }).fill('babu');
	await babu.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await babu.getByRole('button', { name: 'Create an account' }).click();
	await expect(messages(babu).filter({ hasText: 'Is anyone here?' })).toHaveCount(1);

	await say(babu, 'I am, from the other window.');
	await expect(messages(asha).filter({ hasText: 'from the other window' })).toHaveCount(1);
	await babu.getByRole('textbox', { name: /^Message #/ }).pressSequentially('And now I');
	await expect(asha.getByText('babu is typing')).toBeVisible();
});

test('a wrong sign-in says so, keeps the name and does not say which was wrong', async ({ hub, visit }) => {
	await hub.setUp('asha');
	const page = await visit();
	await page.goto('/login');
	await page.getByLabel('Name or e-mail').fill('asha');
	await page.getByLabel('Password', { exact: true }).fill('not the password');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(page.getByRole('alert')).toContainText('do not go together');
	await expect(page.getByLabel('Name or e-mail')).toHaveValue('asha');
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(page.getByRole('heading', { name: /^Welcome, asha/ })).toBeVisible();
});

test('a sign-in lasts over reloads until it is ended from another session', async ({ hub, visit }) => {
	await hub.setUp('asha');
	const [home, away] = [await visit(), await visit()];
	await signIn(home, 'asha');
	await signIn(away, 'asha');
	await away.reload();
	await expect(away.getByRole('heading', { name: /^Welcome, asha/ })).toBeVisible();

	await home.goto('/app/settings/sessions');
	await expect(home.getByText('This session')).toBeVisible();
	await home.getByRole('button', { name: 'Sign out all others' }).click();
	await home.getByRole('alertdialog').getByRole('button', { name: 'Sign out all others' }).click();
	await expect(away).toHaveURL(/\/login/);
	await expect(away.getByText('You were signed out from another device.')).toBeVisible();
});
