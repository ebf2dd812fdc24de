import type { Page, Request } from '@playwright/test';
import { PASSWORD, type TestHub } from '../support/hub.ts';
import { community } from '../support/scenery.ts';
import { expect, test } from '../support/test.ts';

const composer = (page: Page) => page.getByRole('textbox', { name: /^Message #/ });
const join = (page: Page) => page.getByRole('button', { name: 'Join' });

/** A server that invites whoever has the link, and what its owner may do about it. */
async function invitation(hub: TestHub) {
	const asha = await hub.setUp('asha');
	const { server } = await community(hub, asha, []);
	const path = `/api/servers/${server.id}/invites`;
	const { code } = await hub.as<{ code: string }>(asha, 'POST', path, {});
	const revoke = () => hub.as(asha, 'DELETE', `${path}/${code}`);
	return { link: `/invite/${code}`, revoke };
}

async function fillIn(page: Page): Promise<void> {
	await page.getByLabel('Name or e-mail').fill('babu');
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
}

test('whoever signs in in order to join is in, without another press', async ({ hub, visit }) => {
	const { link } = await invitation(hub);
	await hub.register('babu');
	const page = await visit();
	await page.goto(link);
	// By way of the other page, as one who first thinks that they have no account.
	await page.getByRole('link', { name: 'Create an account to join' }).click();
	await page.getByRole('link', { name: 'Sign in' }).click();
	await fillIn(page);
	await page.keyboard.press('Enter');
	await expect(composer(page)).toBeVisible();
	await expect(page.getByRole('status').filter({ hasText: 'Welcome to Neighbours.' })).toBeVisible();
});

test('an invite that ends meanwhile says so on its page', async ({ hub, visit }) => {
	const { link, revoke } = await invitation(hub);
	await hub.register('babu');
	const page = await visit();
	await page.goto(link);
	await page.getByRole('link', { name: 'Sign in to join' }).click();
	await fillIn(page);
	// It is still good when the page asks for it again, and no more when it joins.
	await page.route(/invites\/[^/]+\/join/, async (route) => {
		await revoke();
		await route.continue();
	});
	await page.keyboard.press('Enter');
	await expect(page.getByRole('alert')).toContainText('This is not here, or not for you.');
	await expect(page.getByRole('heading', { name: 'You are invited to Neighbours' })).toBeVisible();
	await expect(join(page)).toBeEnabled();
});

test('no link joins by itself: not to who is signed in, not after a sign-in that meant something else', async ({
	hub,
	visit,
}) => {
	const { link } = await invitation(hub);
	await hub.register('babu');
	let joins = 0;
	const count = (request: Request) => {
		joins += request.url().endsWith('/join') ? 1 : 0;
	};
	const page = await visit();
	page.on('request', count);
	await page.goto(`/login?next=${link}`);
	await fillIn(page);
	await page.keyboard.press('Enter');
	await expect(join(page)).toBeVisible();

	// They turned back from joining, and come to the form again by another way.
	const other = await visit();
	other.on('request', count);
	await other.goto(link);
	await other.getByRole('link', { name: 'Sign in to join' }).click();
	await expect(other.getByLabel('Name or e-mail')).toBeVisible();
	await other.goBack();
	await expect(other.getByRole('link', { name: 'Sign in to join' })).toBeVisible();
	await other.goForward();
	await fillIn(other);
	await other.keyboard.press('Enter');
	await expect(join(other)).toBeVisible();
	await expect(join(other)).toBeEnabled();
	expect(joins).toBe(0);
});
