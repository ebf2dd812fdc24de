import type { Page, Request } from '@playwright/test';
import { PASSWORD, type TestHub } from '../support/hub.ts';
import { community, history } from '../support/scenery.ts';
import { enter, expect, test } from '../support/test.ts';

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

test('to whoever is invited nothing is new that was there before them, and what follows is', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { server, channels } = await community(hub, asha, []);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	for (const { id } of [side, ...channels]) await history(hub, asha, id, ['one', 'two', 'three']);
	const { code } = await hub.as<{ code: string }>(asha, 'POST', `/api/servers/${server.id}/invites`, {});
	await hub.register('babu');
	const page = await visit();
	await page.goto(`/invite/${code}`);
	await page.getByRole('link', { name: 'Sign in to join' }).click();
	await fillIn(page);
	await page.keyboard.press('Enter');
	await expect(composer(page)).toBeVisible();
	const inList = (name: string) => page.getByRole('treeitem', { name, exact: true });
	const divider = page.getByText(/^(?:\d+ new|New)$/);
	await expect(page.getByText('three', { exact: true })).toBeVisible();
	await expect(inList('side')).toBeVisible();
	await expect(divider).toHaveCount(0);

	await hub.as(asha, 'POST', `/api/channels/${side.id}/messages`, { content: 'four', nonce: 'four' });
	await expect(inList('side, unread')).toBeVisible();
	await page.getByRole('link', { name: 'side, unread' }).click();
	await expect(page.getByText('four', { exact: true })).toBeVisible();
	await expect(divider).toHaveText('1 new');
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

test('where registration is by invite, an administrator’s link makes an account and joins in one go; a member’s says that it does not', async ({
	hub,
	visit,
}) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { server } = await community(hub, asha, [babu]);
	await hub.as(asha, 'PATCH', '/api/hub', { registration: 'invite' });
	const invites = `/api/servers/${server.id}/invites`;

	// For one: it is used up by the time that the way leads on.
	const { code } = await hub.as<{ code: string }>(asha, 'POST', invites, { uses_max: 1 });
	const stranger = await visit();
	await stranger.goto(`/invite/${code}`);
	await stranger.getByRole('link', { name: 'Create an account to join' }).click();
	await stranger.getByLabel('Name', { exact: true }).fill('chitra');
	await stranger.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await stranger.getByRole('button', { name: 'Create an account' }).click();
	await expect(composer(stranger)).toBeVisible();
	await expect(stranger.getByRole('status').filter({ hasText: 'Welcome to Neighbours.' })).toBeVisible();

	const member = await visit();
	await enter(member, 'babu', `/app/s/${server.id}`);
	await member.getByRole('button', { name: 'Menu of Neighbours' }).click();
	await member.getByRole('menuitem', { name: 'Invite people' }).click();
	await expect(member.getByText('Only for people who have an account')).toBeVisible();
	const link = await member.getByLabel('Invite link').inputValue();

	const other = await visit();
	await other.goto(link);
	await expect(other.getByText('This invite is only for people who have an account here.')).toBeVisible();
	await expect(other.getByRole('link', { name: 'Sign in to join' })).toBeVisible();
	await expect(other.getByRole('link', { name: 'Create an account to join' })).toHaveCount(0);
	// Who tries all the same is told where it fails, and keeps what was typed.
	await other.goto(`/register?${new URLSearchParams({ next: new URL(link).pathname })}`);
	await other.getByLabel('Name', { exact: true }).fill('dara');
	await other.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await other.getByRole('button', { name: 'Create an account' }).click();
	await expect(other.getByText('This is for those who have an account here already.')).toBeVisible();
	await expect(other.getByLabel('Name', { exact: true })).toHaveValue('dara');

	// Named by an administrator, the same link lets them in.
	const admin = await visit();
	await enter(admin, 'asha', '/app/settings/users');
	await admin.getByRole('button', { name: 'Make inviter: babu' }).click();
	await expect(admin.getByRole('button', { name: 'Remove as inviter: babu' })).toBeVisible();
	await other.getByRole('button', { name: 'Create an account' }).click();
	await expect(composer(other)).toBeVisible();
});

test('the dialog begins at its copy button, shows the code, and leaves one link behind', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { server } = await community(hub, asha, []);
	const path = `/api/servers/${server.id}/invites`;
	const codes = async () => (await hub.as<{ items: { code: string }[] }>(asha, 'GET', path)).items.map(({ code }) => code);
	const before = await codes();
	const page = await visit();
	await enter(page, 'asha', `/app/s/${server.id}`);
	await page.getByRole('button', { name: 'Menu of Neighbours' }).click();
	await page.getByRole('menuitem', { name: 'Invite people' }).click();
	const field = page.getByLabel('Invite link');
	await expect(page.getByRole('button', { name: 'Copy link' })).toBeFocused();
	const rest = (input: HTMLInputElement | SVGElement) => input.scrollWidth - input.clientWidth - input.scrollLeft;
	expect(await field.evaluate(rest)).toBeLessThanOrEqual(1);
	const first = await field.inputValue();
	await page.getByLabel('Expires after').selectOption('day');
	await expect(field).not.toHaveValue(first);
	const code = (await field.inputValue()).split('/').at(-1);
	await expect.poll(codes).toEqual(expect.arrayContaining([code]));
	await expect.poll(async () => (await codes()).length).toBe(before.length + 1);
});

test('a class behind one address is told to wait, and comes in by itself', async ({ hub, visit }) => {
	const { link } = await invitation(hub);
	const page = await visit();
	let isBusy = true;
	await page.route(/api\/invites\/[^/]+$/, (route) =>
		isBusy
			? route.fulfill({ status: 429, contentType: 'application/problem+json', json: { code: 'rate_limited', retry_after_ms: 500 } })
			: route.continue(),
	);
	await page.goto(link);
	await expect(page.getByRole('heading', { name: 'Many are here at once' })).toBeVisible();
	isBusy = false;
	await expect(page.getByRole('heading', { name: 'You are invited to Neighbours' })).toBeVisible();
});

test('the link to invite with stays the same, and one for some uses is another each time', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	const dialog = page.getByRole('dialog');
	const link = dialog.getByRole('textbox', { name: 'Invite link' });
	const uses = dialog.getByRole('combobox', { name: 'Number of uses' });
	const open = async () => {
		await page.getByRole('button', { name: 'Menu of Neighbours' }).click();
		await page.getByRole('menuitem', { name: /^Invite/ }).click();
		await expect(link).toHaveValue(/\/invite\//);
		return link.inputValue();
	};
	const close = async () => {
		await page.keyboard.press('Escape');
		await expect(dialog).toHaveCount(0);
	};
	const limit = async (other: string) => {
		await uses.selectOption('one');
		await expect(link).toHaveValue(/\/invite\//);
		await expect(link).not.toHaveValue(other);
		return link.inputValue();
	};
	const first = await open();
	await close();
	expect(await open()).toBe(first);

	const forOne = await limit(first);
	await close();
	expect(await open()).toBe(first);
	expect(await limit(first)).not.toBe(forOne);
	await uses.selectOption('unlimited');
	await expect(link).toHaveValue(first);
});
