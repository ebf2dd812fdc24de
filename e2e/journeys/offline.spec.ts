import type { Locator, Page } from '@playwright/test';
import { community, history } from '../support/scenery.ts';
import { AFTER_RETRY, enter, expect, heard, messages, remembered, say, test } from '../support/test.ts';

const withWorker = { serviceWorkers: 'allow' } as const;

/** The client's files and the conversation are on the device. */
async function stored(page: Page): Promise<void> {
	await page.evaluate(() => navigator.serviceWorker.ready);
	await remembered(page, 'last thing said');
}

test('five messages written offline survive a reload and arrive once, in order', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels } = await community(hub, asha, [babu]);
	await history(hub, asha, channels[0]?.id ?? '', ['first thing said', 'last thing said']);
	const [writer, reader] = [await visit(withWorker), await visit()];
	await enter(writer, 'babu', path);
	await enter(reader, 'asha', path);
	await expect(messages(writer)).toHaveCount(2);
	await stored(writer);

	await writer.context().setOffline(true);
	const sentences = ['one', 'two', 'three', 'four', 'five'].map((word) => `number ${word}`);
	for (const sentence of sentences) {
		await say(writer, sentence);
	}
	await expect(writer.getByText('Offline. 5 messages will be sent when you are back.')).toBeVisible();

	await writer.reload();
	await expect(messages(writer).filter({ hasText: 'last thing said' })).toHaveCount(1);
	await expect(messages(writer).filter({ hasText: 'number' })).toHaveText(sentences.map((text) => new RegExp(text)));

	await writer.context().setOffline(false);
	for (const page of [reader, writer]) {
		await expect(messages(page).filter({ hasText: 'number' })).toHaveText(
			sentences.map((text) => new RegExp(`${text}(?!.*(?:Will be sent|Sending))`, 's')),
			AFTER_RETRY,
		);
	}
	const { items } = await hub.as<{ items: { content: string }[] }>(
		asha,
		'GET',
		`/api/channels/${channels[0]?.id}/messages`,
	);
	expect(items.map(({ content }) => content).filter((content) => content.startsWith('number'))).toEqual(sentences);
});

test('another address of the client opens offline; the hub itself is never answered for', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['last thing said']);
	const page = await visit(withWorker);
	await enter(page, 'asha', path);
	await expect(messages(page)).toHaveCount(1);
	await stored(page);
	await page.context().setOffline(true);
	await page.goto('/app/settings/appearance');
	await expect(page.getByRole('radio', { name: 'Light' })).toBeVisible();
	const kept = await page.evaluate(async () => {
		const names = await caches.keys();
		const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
		return requests.flat().map(({ url }) => new URL(url).pathname);
	});
	expect(kept.length).toBeGreaterThan(10);
	expect(kept.filter((one) => /^\/(api|socket\.io)/.test(one))).toEqual([]);
	await expect(page.evaluate(() => fetch('/api/hub'))).rejects.toThrow(/Failed to fetch/);
});

test('two tabs agree on drafts and on signing out', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const one = await visit();
	await enter(one, 'asha', path);
	const other = await one.context().newPage();
	await other.goto(path);
	const field = (page: Page) => page.getByRole('textbox', { name: /^Message #/ });
	await field(other).waitFor();
	await field(one).fill('half a thought');
	await expect(field(other)).toHaveValue('half a thought');
	await other.reload();
	await expect(field(other)).toHaveValue('half a thought');

	await other.getByRole('region', { name: 'You' }).getByRole('button').first().click();
	await other.getByRole('menuitem', { name: 'Sign out' }).click();
	await other.getByRole('button', { name: 'Sign out, drop the draft' }).click();
	for (const page of [one, other]) {
		await expect(page).toHaveURL(/\/login/);
		await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	}
	await one.goto(path);
	await expect(one).toHaveURL(/\/login/);
});

test('a session that was ended elsewhere leads to a kind sign-in and back to the same place', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await composer.fill('Half a thought');
	await hub.as(asha, 'DELETE', '/api/auth/sessions');
	await expect(page).toHaveURL(/\/login\?next=/);
	const kept = 'You were signed out from another device. What you wrote is kept for when you sign in again.';
	await expect(page.getByText(kept)).toBeVisible();
	await page.getByLabel('Name or e-mail').fill('asha');
	await page.getByLabel('Password', { exact: true }).fill('banyan tree at noon');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`${path}$`));
	await expect(composer).toHaveValue('Half a thought');
});

test('an invite that did not come is asked for once, and again by a press', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, server } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	await page.getByRole('textbox', { name: /^Message #/ }).waitFor();
	const invites = `/api/servers/${server.id}/invites`;
	const count = async () => (await hub.as<{ items: unknown[] }>(asha, 'GET', invites)).items.length;
	// The scene has made one of the same terms.
	const { items } = await hub.as<{ items: { code: string }[] }>(asha, 'GET', invites);
	for (const { code } of items) await hub.as(asha, 'DELETE', `${invites}/${code}`);
	let asked = 0;
	page.on('request', (request) => {
		if (request.url().endsWith(invites)) asked += 1;
	});
	// The hub hears of it; its answer is lost, as with a network that ends in the middle.
	await page.route(`**${invites}`, async (route) => {
		await route.fetch();
		await route.abort();
	});
	await page.getByRole('button', { name: 'Menu of Neighbours' }).click();
	await page.getByRole('menuitem', { name: /^Invite/ }).click();
	const dialog = page.getByRole('dialog');
	const link = dialog.getByRole('textbox', { name: 'Invite link' });
	const again = dialog.getByRole('button', { name: 'Try again' });
	await expect(dialog.getByText('The hub did not answer.')).toBeVisible();
	await expect(again).toBeFocused();
	expect(asked).toBe(1);
	await page.unroute(`**${invites}`);

	// An outage comes to its end: nothing is asked for by itself.
	await page.context().setOffline(true);
	await heard(page, 'Reconnecting…');
	await page.context().setOffline(false);
	await heard(page, 'Caught up');
	await expect(again).toBeVisible();
	expect(asked).toBe(1);

	await again.press('Enter');
	await expect(link).toHaveValue(/\/invite\//);
	await expect(dialog.getByRole('button', { name: 'Copy link' })).toBeFocused();
	// It is the one that the hub has made already.
	expect(await count()).toBe(1);
});

test('newer messages that do not come are told of where the list ends, and come when asked for again', async ({
	hub,
	visit,
}) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const channel = channels[0]?.id ?? '';
	const text = { content: 'first thing said', nonce: 'first' };
	const first = await hub.as<{ id: string }>(asha, 'POST', `/api/channels/${channel}/messages`, text);
	const texts = Array.from({ length: 180 }, (_, index) => `line ${index}`);
	await history(hub, asha, channel, texts);
	const page = await visit();
	// The socket goes on all the while.
	const isNewer = ({ pathname, searchParams }: URL) => pathname.endsWith('/messages') && searchParams.has('after');
	await page.route(isNewer, (route) => route.abort());
	await enter(page, 'asha', `${path}/m/${first.id}`);
	await expect(messages(page).filter({ hasText: 'first thing said' })).toBeInViewport();
	const end = page.getByText('Newer messages were not loaded.');
	await messages(page).first().hover();
	const scrollTo = (place: Locator) =>
		expect(async () => {
			await page.mouse.wheel(0, 4000);
			await expect(place).toBeInViewport({ timeout: 500 });
		}).toPass();
	await scrollTo(end);
	await expect(page.getByRole('status', { name: 'Loading newer messages' })).toHaveCount(0);

	const again = page.getByRole('main').getByRole('button', { name: 'Try again' });
	await again.click();
	await expect(again).not.toHaveAttribute('aria-busy');
	await expect(end).toBeInViewport();
	await page.unroute(isNewer);
	await again.click();
	await expect(end).toHaveCount(0);
	await scrollTo(messages(page).filter({ hasText: /line 179\b/ }));
});
