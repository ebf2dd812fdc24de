import { community, history } from '../support/scenery.ts';
import { AFTER_RETRY, enter, expect, messages, remembered, test } from '../support/test.ts';

test('the mark stands there while the code is on its way, and goes on while the hub is', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	let release = () => {};
	const held = new Promise<void>((done) => {
		release = done;
	});
	let answer = () => {};
	const silence = new Promise<void>((done) => {
		answer = done;
	});
	await page.route(/assets\/start-.*\.js/, (route) => held.then(() => route.continue()));
	await page.route('**/api/auth/refresh', (route) => silence.then(() => route.continue()));
	// What it leads to comes later: only the beginning of the answer is waited for.
	const opened = enter(page, 'asha', path);
	const mark = page.locator('#root > svg');
	await expect(mark).toBeVisible();
	const before = await mark.boundingBox();
	release();
	await expect(page.getByRole('heading', { name: 'Opening the hub' })).toBeVisible();
	await expect(mark).toHaveCount(0);
	expect(await page.locator('main svg').boundingBox()).toEqual(before);
	answer();
	await opened;
	await expect(page.getByRole('textbox', { name: /^Message #/ })).toBeVisible();
	await expect(messages(page)).toHaveCount(0);
});

test('a channel opens though the hub does not say what was read in it', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['word 0', 'word 1']);
	const page = await visit();
	await page.routeWebSocket(/socket\.io/, (page) => {
		page.connectToServer().onMessage((frame) => {
			if (!frame.includes('"server_reads"')) page.send(frame);
		});
	});
	await enter(page, 'asha', path);
	await expect(messages(page)).toHaveText([/word 0/, /word 1/]);
});

for (const { count, what } of [
	{ count: 2, what: 'a little' },
	{ count: 40, what: 'more than a screen' },
]) {
	test(`${what} that came while the page was closed is new when it opens with what it remembers`, async ({ hub, visit }) => {
		const asha = await hub.setUp('asha');
		const babu = await hub.register('babu');
		const { path, channels } = await community(hub, asha, [babu]);
		const channel = channels[0]?.id ?? '';
		await history(hub, asha, channel, ['old 0', 'old 1']);
		const first = await visit();
		await enter(first, 'babu', path);
		await expect(messages(first)).toHaveCount(2);
		await remembered(first, 'old 1');
		await first.getByRole('treeitem', { name: 'general', exact: true }).waitFor();
		const later = await first.context().newPage();
		await first.close();
		for (let index = 0; index < count; index++) {
			await hub.as(asha, 'POST', `/api/channels/${channel}/messages`, { content: `new ${index}`, nonce: `new-${index}` });
		}
		await later.goto(path);
		const divider = later.getByText(`${count} new`, { exact: true });
		await expect(divider).toBeInViewport();
		await expect(messages(later).filter({ hasText: /new 0\b/ })).toBeInViewport();
		await expect(messages(later).filter({ hasText: 'old 1' })).toHaveCount(1);
	});
}

test('a channel in which nothing was ever read begins at its first message, after a reload as well', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	await history(hub, asha, side.id, Array.from({ length: 45 }, (_, index) => `word ${index}`));
	const page = await visit();
	await enter(page, 'babu', path);
	await page.getByRole('link', { name: 'side, unread' }).click();
	const [divider, first] = [page.getByText('45 new', { exact: true }), messages(page).filter({ hasText: /word 0\b/ })];
	await expect(divider).toBeInViewport();
	await remembered(page, 'word 44');
	await page.reload();
	await expect(page.getByRole('treeitem', { name: /^side/ })).toBeVisible();
	await expect(divider).toBeInViewport();
	await expect(first).toBeInViewport();
});

test('where more was never read than a page holds, a bar at the end leads to the beginning', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	// So many that the beginning is not loaded by itself, however high the window is.
	await history(hub, asha, side.id, Array.from({ length: 240 }, (_, index) => `word ${index}`));
	const [page, phone] = [await visit(), await visit()];
	await enter(phone, 'babu', path);
	await page.clock.install();
	await enter(page, 'babu', path);
	const inList = (name: string) => phone.getByRole('treeitem', { name, exact: true });
	const word = (index: number) => messages(page).filter({ hasText: new RegExp(`word ${index}\\b`) });
	const bar = page.getByText(/^(?:\d+ new|New) since /).and(page.locator('p'));
	/** Looks at the end for long enough that it would count as read, until the next message is there. */
	const readOn = async (next: number) => {
		await page.clock.fastForward(2000);
		await hub.as(asha, 'POST', `/api/channels/${side.id}/messages`, { content: `word ${next}`, nonce: `next-${next}` });
		await expect(word(next)).toBeInViewport();
	};
	await page.getByRole('link', { name: 'side, unread' }).click();
	await expect(word(239)).toBeInViewport();
	await expect(bar).toHaveText(/^240 new since /);
	await readOn(240);
	await expect(bar).toBeVisible();
	await expect(inList('side, unread')).toBeVisible();

	await remembered(page, 'word 240');
	await page.reload();
	await expect(word(240)).toBeInViewport();
	await expect(bar).toBeVisible();
	await readOn(241);
	await expect(bar).toBeVisible();
	await expect(inList('side, unread')).toBeVisible();

	await page.getByRole('button', { name: 'Jump', exact: true }).click();
	await expect(word(0)).toBeInViewport();
	await expect(page.getByText(/^(?:\d+ new|New)$/)).toBeInViewport();
	await expect(bar).toHaveCount(0);
	await expect(inList('side, unread')).toBeVisible();
	// Who has seen where it begins has read what they go to the end of.
	await page.getByRole('button', { name: /^Jump to present$|new messages$/ }).click();
	await expect(word(241)).toBeInViewport();
	await expect(inList('side')).toBeVisible();
	await expect(bar).toHaveCount(0);
});

test('whoever was led to where what is new begins has been there, however high its first message is', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	const high = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n');
	await history(hub, asha, side.id, [high, ...Array.from({ length: 59 }, (_, index) => `word ${index}`)]);
	const page = await visit();
	await enter(page, 'babu', path);
	await page.getByRole('link', { name: 'side, unread' }).click();
	const bar = page.getByText(/^60 new since /).and(page.locator('p'));
	await expect(bar).toBeVisible();
	await page.getByRole('button', { name: 'Jump', exact: true }).click();
	await expect(messages(page).filter({ hasText: 'line 30' })).toBeInViewport();
	await expect(bar).toHaveCount(0);
	await page.getByRole('button', { name: /^Jump to present$|new messages$/ }).click();
	await expect(messages(page).filter({ hasText: 'word 58' })).toBeInViewport();
	await expect(page.getByRole('treeitem', { name: 'side', exact: true })).toBeVisible();
	await expect(bar).toHaveCount(0);
});

test('a server that the hub cannot read keeps nobody from the others, and comes when it can be', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const { server } = await community(hub, asha, [], 'Fig tree');
	const page = await visit();
	await page.routeWebSocket(/socket\.io/, (page) => {
		page.connectToServer().onMessage((frame) => {
			const isOfServer = /"server_(?:state|channels|reads)"/.test(String(frame)) && frame.includes(server.id);
			if (!isOfServer) page.send(frame);
		});
	});
	await enter(page, 'asha', `/app/s/${server.id}`);
	const main = page.getByRole('main');
	await expect(main.getByText('This server is not loaded yet.')).toBeVisible(AFTER_RETRY);
	await page.getByRole('link', { name: 'Neighbours' }).click();
	await expect(page).toHaveURL(new RegExp(`${path}$`));
	await page.getByRole('textbox', { name: 'Message #general' }).waitFor();

	await page.getByRole('link', { name: 'Fig tree' }).click();
	await page.getByRole('navigation', { name: 'Channels' }).getByRole('button', { name: 'Try again' }).click();
	await expect(main.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();
	await page.getByRole('textbox', { name: 'Message #general' }).waitFor();
});
