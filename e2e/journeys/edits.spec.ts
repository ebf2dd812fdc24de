import type { Page } from '@playwright/test';
import { community, history } from '../support/scenery.ts';
import { delivered, enter, expect, messages, notice, say, signInHere, test } from '../support/test.ts';

const field = (page: Page) => page.getByRole('textbox', { name: 'Edit message' });

/** Writes a message and begins to change it. */
async function change(page: Page): Promise<void> {
	await say(page, 'we meet at sevn');
	await expect(delivered(page).filter({ hasText: 'sevn' })).toHaveCount(1);
	await page.getByRole('textbox', { name: 'Message #general' }).press('ArrowUp');
	await field(page).fill('we meet at seven');
}

async function signOut(page: Page): Promise<void> {
	await page.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
}

test('a change that was begun is there after a reload, and signing out asks about it', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	await change(page);
	await page.reload();
	await expect(field(page)).toHaveValue('we meet at seven');

	await signOut(page);
	const question = page.getByRole('alertdialog', { name: 'Sign out?' });
	await expect(question.getByText('1 draft is not finished.')).toBeVisible();
	await question.getByRole('button', { name: 'Sign out and keep it' }).click();
	await signInHere(page, 'asha');
	await expect(field(page)).toHaveValue('we meet at seven');

	await field(page).press('Enter');
	await expect(messages(page)).toContainText('we meet at seven');
	await expect(field(page)).toHaveCount(0);
	await signOut(page);
	await expect(page.getByLabel('Name or e-mail')).toBeVisible();
});

test('who was changing a message and is elsewhere when it is deleted is offered their words', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels, server } = await community(hub, asha, [babu]);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
	await enter(page, 'babu', path);
	await change(page);
	await page.getByRole('treeitem', { name: 'side', exact: true }).click();
	await page.getByRole('textbox', { name: 'Message #side' }).waitFor();

	const list = `/api/channels/${channels[0]?.id}/messages`;
	const { items } = await hub.as<{ items: { id: string }[] }>(asha, 'GET', list);
	await hub.as(asha, 'DELETE', `${list}/${items[0]?.id}`);
	const told = notice(page, 'The message that you were changing in #general (Neighbours) was deleted.');
	await expect(told).toBeVisible();
	await page.getByRole('button', { name: 'Copy what you wrote' }).click();
	await expect(notice(page, 'Copied')).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('we meet at seven');
	await signOut(page);
	await expect(page.getByLabel('Name or e-mail')).toBeVisible();
});

test('what is typed while a slow hub saves a change is a further change', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	await change(page);
	let answer = () => {};
	const isAnswered = new Promise<void>((resolve) => {
		answer = resolve;
	});
	let saves = 0;
	await page.route('**/api/channels/*/messages/*', async (route) => {
		saves += 1;
		const response = await route.fetch();
		await isAnswered;
		await route.fulfill({ response });
	});
	await field(page).press('Enter');
	await expect.poll(() => saves).toBe(1);
	await field(page).pressSequentially(', at the well');
	await field(page).press('Enter');
	await field(page).pressSequentially(' by the road');
	answer();
	await expect.poll(() => saves).toBe(2);
	await expect(page.getByRole('button', { name: 'Save', exact: true })).not.toHaveAttribute('aria-busy');
	await expect(field(page)).toHaveValue('we meet at seven, at the well by the road');
	await expect(field(page)).toBeFocused();
	await page.reload();
	await expect(field(page)).toHaveValue('we meet at seven, at the well by the road');
	await field(page).press('Escape');
	await expect(field(page)).toHaveCount(0);
	await expect(messages(page)).toHaveText(/we meet at seven, at the well \(edited\)/);
});

test('a text that another device has saved meanwhile is not written over unasked', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	await change(page);
	const phone = await visit();
	await enter(phone, 'asha', path);
	const saveOnPhone = async (text: string) => {
		await expect(delivered(phone)).toHaveCount(1);
		await phone.getByRole('textbox', { name: 'Message #general' }).press('ArrowUp');
		await field(phone).fill(text);
		await field(phone).press('Enter');
		await expect(field(phone)).toHaveCount(0);
	};
	await saveOnPhone('we meet at eight');
	const newer = page.getByRole('group', { name: 'This message was changed meanwhile. It now says:' });
	await expect(newer).toContainText('we meet at eight');
	await expect(field(page)).toHaveValue('we meet at seven');
	await field(page).press('Enter');
	await expect(newer).toBeFocused();
	await page.getByRole('button', { name: 'Keep mine' }).click();
	await expect(newer).toHaveCount(0);
	await field(page).press('Enter');
	await expect(messages(phone)).toContainText('we meet at seven');

	await page.getByRole('textbox', { name: 'Message #general' }).press('ArrowUp');
	await field(page).fill('we meet at nine');
	await page.goto('/api/hub');
	await saveOnPhone('we meet at ten');
	await page.goto(path);
	await expect(newer).toContainText('we meet at ten');
	await expect(field(page)).toHaveValue('we meet at nine');
	await page.getByRole('button', { name: 'Take the new text' }).click();
	await expect(field(page)).toHaveValue('we meet at ten');
	await field(page).press('Enter');
	await expect(field(page)).toHaveCount(0);
	await expect(messages(phone)).toContainText('we meet at ten');
});

test('two tabs that change one message keep the words of each', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	await change(page);
	const other = await page.context().newPage();
	await other.goto(path);
	await expect(field(other)).toHaveValue('we meet at seven');
	await field(page).fill('we meet at seven sharp');
	await expect(field(other)).toHaveValue('we meet at seven sharp');
	await field(other).fill('we meet at eight');
	await field(page).fill('we meet at nine');
	await expect(field(other)).toHaveValue('we meet at eight');
	await field(other).press('Enter');
	const newer = page.getByRole('group', { name: 'This message was changed meanwhile. It now says:' });
	await expect(newer).toContainText('we meet at eight');
	await expect(field(page)).toHaveValue('we meet at nine');

	// They are offered where the other tab is left open, and after both are closed.
	await expect(field(other)).toHaveValue('we meet at nine');
	await Promise.all([page.close(), other.close()]);
	const again = await page.context().newPage();
	await again.goto(path);
	await expect(field(again)).toHaveValue('we meet at nine');
	await field(again).press('Escape');
	await expect(field(again)).toHaveCount(0);
	await expect(messages(again)).toContainText('we meet at eight');
});

test('ArrowUp goes to my last message wherever the list stands', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server, channels } = await community(hub, asha, [babu]);
	const channel = channels[0]?.id ?? '';
	const list = `/api/channels/${channel}/messages`;
	const first = await hub.as<{ id: string }>(asha, 'POST', list, { content: 'my first words', nonce: 'first' });
	await history(hub, babu, channel, Array(80).fill('in between'));
	await hub.as(asha, 'POST', list, { content: 'my last words', nonce: 'last' });
	for (const [index, content] of Array(30).fill('a long\n\nanswer').entries()) {
		await hub.as(babu, 'POST', list, { content: `${content} ${index}`, nonce: `late-${index}` });
	}

	const page = await visit();
	await enter(page, 'asha', path);
	const composer = page.getByRole('textbox', { name: 'Message #general' });
	await messages(page).first().waitFor();
	await composer.press('Escape');
	await expect(page.getByText('answer 29')).toBeInViewport();
	await expect(page.getByText('my last words')).not.toBeInViewport();
	await composer.press('ArrowUp');
	await expect(field(page)).toBeFocused();
	await expect(field(page)).toBeInViewport();
	await expect(field(page)).toHaveValue('my last words');
	await field(page).press('Escape');

	// From the past, where what is loaded ends before it.
	await page.goto(`/app/s/${server.id}/${channel}/m/${first.id}`);
	await expect(page.getByText('my first words')).toBeInViewport();
	await composer.press('ArrowUp');
	await expect(field(page)).toBeFocused();
	await expect(field(page)).toBeInViewport();
	await expect(field(page)).toHaveValue('my last words');
});
