import type { Locator } from '@playwright/test';
import { community, history } from '../support/scenery.ts';
import { AFTER_RETRY, delivered, enter, expect, messages, notice, say, signIn, test } from '../support/test.ts';

test('what is written offline and through a restart arrives once and in order', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path } = await community(hub, asha, [babu]);
	const [writer, reader] = [await visit(), await visit()];
	await signIn(writer, 'asha');
	await signIn(reader, 'babu');
	await Promise.all([writer.goto(path), reader.goto(path)]);
	await say(writer, 'number 0');
	await expect(messages(reader).filter({ hasText: 'number 0' })).toHaveCount(1);

	await hub.kill();
	for (let index = 1; index <= 5; index++) {
		await say(writer, `number ${index}`);
	}
	await expect(messages(writer).filter({ hasText: 'number 5' })).toHaveCount(1);
	await hub.run();

	const inOrder = [0, 1, 2, 3, 4, 5].map((index) => new RegExp(`number ${index}\\b`));
	for (const page of [writer, reader]) {
		await expect(messages(page).filter({ hasText: 'number' })).toHaveText(inOrder, AFTER_RETRY);
	}
	await reader.reload();
	await expect(messages(reader).filter({ hasText: 'number' })).toHaveText(inOrder);
});

test('what was queued without a network survives a reload', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await signIn(page, 'asha');
	await page.goto(path);
	await say(page, 'before');
	await expect(messages(page).filter({ hasText: 'before' })).toHaveCount(1);
	await hub.kill();
	await say(page, 'written without the hub');
	await expect(messages(page).filter({ hasText: 'written without the hub' })).toHaveCount(1);
	await hub.run();
	await page.reload();
	await expect(messages(page).filter({ hasText: 'written without the hub' })).toHaveCount(1, AFTER_RETRY);
	await page.reload();
	await expect(messages(page).filter({ hasText: 'written without the hub' })).toHaveCount(1);
});

test('history scrolls back to its start without losing the place', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const texts = Array.from({ length: 180 }, (_, index) => `line ${index}`);
	await history(hub, asha, channels[0]?.id ?? '', texts);
	const page = await visit();
	await signIn(page, 'asha');
	await page.goto(path);
	await page.getByRole('button', { name: 'Jump to present' }).or(messages(page).last()).first().waitFor();
	await page.getByRole('textbox', { name: /^Message #/ }).focus();
	await page.keyboard.press('Escape');
	await expect(messages(page).filter({ hasText: /line 179\b/ })).toBeVisible();
	await messages(page).last().hover();
	await expect(async () => {
		await page.mouse.wheel(0, -4000);
		await expect(page.getByText('This is the start of #general')).toBeVisible({ timeout: 500 });
	}).toPass();
	await expect(messages(page).filter({ hasText: /line 0\b/ })).toBeVisible();
});

test('a text from right to left stays where it is when its hidden part is shown', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['||سر|| مرحبا بالجميع abc', 'مرحبا ||abc|| ثم ||سر|| بالجميع']);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect(messages(page)).toHaveCount(2);
	for (const message of await messages(page).all()) {
		const words = message.locator('p[class=""], p:not([class])').last();
		const before = await linesOf(words);
		expect(before.direction).toBe('rtl');
		for (const cover of (await message.getByRole('button', { name: 'Hidden text' }).all()).reverse()) {
			await cover.press('Enter');
		}
		await expect(message.getByRole('button', { name: 'Hidden text' })).toHaveCount(0);
		expect(await linesOf(words)).toEqual(before);
	}
});

/** The direction of a paragraph, and where each of its words stands. */
function linesOf(words: Locator) {
	return words.evaluate((paragraph) => {
		const places: [string, number][] = [];
		const walk = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			if (node.parentElement?.closest('.sr-only')) continue;
			const range = document.createRange();
			range.selectNodeContents(node);
			places.push([node.textContent ?? '', Math.round(range.getBoundingClientRect().left)]);
		}
		return { direction: getComputedStyle(paragraph).direction, places };
	});
}

test('a message that was marked as unread is new on the other device, from there on', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels, server } = await community(hub, asha, [babu]);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	const texts = Array.from({ length: 5 }, (_, index) => `word ${index}`);
	await history(hub, asha, channels[0]?.id ?? '', texts);
	const [laptop, phone] = [await visit(), await visit()];
	await enter(phone, 'babu', `/app/s/${server.id}/${side.id}`);
	await enter(laptop, 'babu', path);
	await expect(messages(laptop)).toHaveCount(5);
	const inList = (name: string) => phone.getByRole('treeitem', { name, exact: true });
	await expect(inList('general')).toBeVisible();

	// Nothing comes before the first message, so that it cannot be.
	await messages(laptop).first().click({ button: 'right' });
	await expect(laptop.getByRole('menuitem', { name: 'Copy link' })).toBeVisible();
	await expect(laptop.getByRole('menuitem', { name: 'Mark as unread' })).toHaveCount(0);
	await laptop.keyboard.press('Escape');
	await messages(laptop).first().focus();
	await laptop.keyboard.press('u');
	await expect(notice(laptop, 'The first message of a channel cannot be marked as unread')).toBeVisible();
	await messages(laptop).nth(3).click({ button: 'right' });
	await laptop.getByRole('menuitem', { name: /^Mark as unread/ }).click();
	await expect(laptop.getByText('2 new', { exact: true })).toBeVisible();
	await expect(inList('general, unread')).toBeVisible();

	// From further up, by the key of it.
	await messages(laptop).nth(2).focus();
	await laptop.keyboard.press('u');
	await expect(laptop.getByText('3 new', { exact: true })).toBeVisible();
	// What comes is seen, and does not make it read; whoever reads on elsewhere does.
	await hub.as(asha, 'POST', `/api/channels/${channels[0]?.id}/messages`, { content: 'word 5', nonce: 'last' });
	await expect(messages(laptop)).toHaveCount(6);
	await expect(laptop.getByText('4 new', { exact: true })).toBeVisible();
	await phone.getByRole('link', { name: 'general, unread' }).click();
	await expect(phone.getByText('4 new', { exact: true })).toBeVisible();
	await expect(messages(phone).last()).toContainText('word 5');
});

test('what is unread begins at its divider, however late the hub says what was read', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels } = await community(hub, asha, [babu]);
	await history(hub, asha, channels[0]?.id ?? '', ['word 0', 'word 1']);
	const page = await visit();
	const late: (() => void)[] = [];
	await page.routeWebSocket(/socket\.io/, (page) => {
		const hub = page.connectToServer();
		hub.onMessage((frame) => {
			if (frame.includes('"server_reads"')) late.push(() => page.send(frame));
			else page.send(frame);
		});
	});
	await enter(page, 'babu', path);
	await expect.poll(() => late.length).toBe(1);
	await page.getByRole('textbox', { name: /^Message #/ }).waitFor();
	late[0]?.();
	await expect(messages(page)).toHaveCount(2);
	await expect(page.getByText('2 new', { exact: true })).toBeVisible();
});

test('a mark that is held shows where its divider does not, and outlives a reload of the page', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server, channels } = await community(hub, asha, [babu]);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	const texts = Array.from({ length: 110 }, (_, index) => `word ${index}`);
	await history(hub, asha, channels[0]?.id ?? '', texts);
	const [laptop, phone] = [await visit(), await visit()];
	await enter(phone, 'babu', `/app/s/${server.id}/${side.id}`);
	await enter(laptop, 'babu', path);
	const inList = (name: string) => phone.getByRole('treeitem', { name, exact: true });
	const newest = messages(laptop).filter({ hasText: 'word 109' });
	const bar = laptop.getByText(/^Kept unread since /);
	const divider = laptop.getByText(/^(?:\d+ new|New)$/);
	await expect(newest).toBeInViewport();
	await laptop.keyboard.press('Escape');
	await expect(inList('general')).toBeVisible();

	// By keys to a row that just comes into view, so that its divider would stand above what is seen;
	// further up than any screen is high, so that the newest is out of sight.
	await messages(laptop).last().focus();
	for (const place of [99, 89, 79, 69, 59, 49]) {
		await laptop.keyboard.press('PageUp');
		await expect(messages(laptop).filter({ hasText: new RegExp(`word ${place}\\b`) })).toBeFocused();
	}
	await laptop.keyboard.press('u');
	await expect(inList('general, unread')).toBeVisible();
	await expect(divider).toBeInViewport();
	await expect(bar).toHaveCount(0);
	await laptop.getByRole('button', { name: /^Jump to present$|new messages$/ }).click();
	await expect(newest).toBeInViewport();
	await expect(bar).toBeVisible();

	// Where it begins depends on what this device has kept by now; the mark is there either way.
	await laptop.reload();
	await expect(divider.or(bar).first()).toBeVisible();
	await messages(laptop).first().waitFor();
	// The end of what is loaded is not yet the newest while that is on its way.
	await expect(async () => {
		await messages(laptop).last().focus();
		await laptop.keyboard.press('End');
		await expect(newest).toBeInViewport({ timeout: 1000 });
	}).toPass();
	await expect(bar).toBeVisible();
	await expect(inList('general, unread')).toBeVisible();

	await laptop.getByRole('button', { name: 'Jump', exact: true }).click();
	await expect(divider).toBeInViewport();
	await expect(bar).toHaveCount(0);
	await laptop.keyboard.press('Escape');
	await expect(inList('general')).toBeVisible();
	await expect(newest).toBeInViewport();
	await expect(bar).toHaveCount(0);
});

test('whoever reads at the end and marks the first row that they see sees the divider', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels } = await community(hub, asha, [babu]);
	const texts = Array.from({ length: 110 }, (_, index) => `word ${index}`);
	await history(hub, asha, channels[0]?.id ?? '', texts);
	const page = await visit();
	await enter(page, 'babu', path);
	await page.keyboard.press('Escape');
	await expect(messages(page).last()).toContainText('word 109');
	await expect(messages(page).last()).toBeInViewport({ ratio: 1 });
	// The first row that is whole, with a little room above it.
	const first = await messages(page).evaluateAll((rows) => {
		const top = document.getElementById('messages')?.parentElement?.getBoundingClientRect().top ?? 0;
		const row = rows.find((one) => one.getBoundingClientRect().top >= top);
		return { key: row?.closest('li')?.dataset.key ?? '', below: (row?.getBoundingClientRect().top ?? 0) - top };
	});
	const { width, height } = page.viewportSize() ?? { width: 1440, height: 900 };
	await page.setViewportSize({ width, height: height - Math.round(first.below - 4) });
	const row = page.locator(`[data-key="${first.key}"]`).getByRole('article');
	await expect(messages(page).last()).toBeInViewport({ ratio: 1 });
	await row.focus();
	await page.keyboard.press('u');
	const divider = page.getByText(/^(?:\d+ new|New)$/);
	await expect(divider).toBeInViewport({ ratio: 1 });
	await expect(row).toBeInViewport({ ratio: 1 });
	await expect(page.getByText(/^Kept unread since /)).toHaveCount(0);
});

test('an edit and a deletion reach the other window', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path } = await community(hub, asha, [babu]);
	const [writer, reader] = [await visit(), await visit()];
	await signIn(writer, 'asha');
	await signIn(reader, 'babu');
	await Promise.all([writer.goto(path), reader.goto(path)]);
	await say(writer, 'we meet at sevn');
	await expect(messages(reader).filter({ hasText: 'sevn' })).toHaveCount(1);
	// The other window may have it first, and only what the hub has can be edited.
	await expect(delivered(writer).filter({ hasText: 'sevn' })).toHaveCount(1);

	const composer = writer.getByRole('textbox', { name: /^Message #/ });
	await composer.press('ArrowUp');
	const editor = writer.getByRole('textbox', { name: 'Edit message' });
	await editor.fill('we meet at seven');
	await editor.press('Enter');
	await expect(messages(reader).filter({ hasText: 'we meet at seven' })).toContainText('edited');

	await messages(writer).filter({ hasText: 'seven' }).hover();
	await messages(writer).filter({ hasText: 'seven' }).getByRole('button', { name: 'Delete message' }).click();
	await writer.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
	await expect(messages(reader).filter({ hasText: 'seven' })).toHaveCount(0);
});
