import type { Page } from '@playwright/test';
import { scrollUp } from '../perf/probes.ts';
import { community, history } from '../support/scenery.ts';
import { AFTER_RETRY, delivered, enter, expect, messages, say, test } from '../support/test.ts';

/** More than the client keeps of a channel, so that its far end is let go while older rows come. */
const HISTORY = 1100;

test('nothing moves under the eye while older messages come', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const server = await community(hub, asha, [babu]);
	const sentence = 'Under the tree somebody tells what the river did last night. ';
	for (let index = 0; index < HISTORY; index++) {
		const author = index % 9 === 0 ? asha : babu;
		await hub.as(author, 'POST', `/api/channels/${server.channels[0]?.id}/messages`, {
			content: sentence.repeat([1, 1, 2, 1, 4, 1, 9][index % 7] ?? 1),
			nonce: `scenery-${index}`,
		});
	}
	const page = await visit();
	await enter(page, 'asha', server.path);
	await messages(page).last().waitFor();
	// As far as it takes for several pages, however slow the machine.
	const { drift } = await scrollUp(page, 150, 14_000, 301);
	expect(drift).toBeLessThan(0.5);
});

test('the view follows what others write at its end, and only there', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const server = await community(hub, asha, [babu]);
	const write = (index: number) =>
		hub.as(babu, 'POST', `/api/channels/${server.channels[0]?.id}/messages`, {
			content: `word ${index} `.repeat(1 + (index % 60)),
			nonce: `scenery-${index}`,
		});
	for (let index = 0; index < 60; index++) {
		await write(index);
	}
	const page = await visit();
	await enter(page, 'asha', server.path);
	await expect(messages(page).last()).toBeInViewport();
	for (let index = 60; index < 100; index++) {
		await write(index);
	}
	await expect(messages(page).last()).toContainText('word 99');
	await expect(messages(page).last()).toBeInViewport({ ratio: 1 });

	const list = page.getByRole('list', { name: /^Messages in/ });
	await list.evaluate((rows) => rows.parentElement?.scrollBy(0, -600));
	// It comes when the list knows where it is, and counts what comes meanwhile.
	const toPresent = page.getByRole('button', { name: /present|new message/ });
	const label = (await toPresent.textContent()) ?? '';
	const tops = () =>
		list.evaluate((rows) => [...rows.children].map((row) => [row.textContent, row.getBoundingClientRect().top]));
	const before = await tops();
	await write(100);
	await expect(toPresent).not.toHaveText(label);
	expect((await tops()).slice(0, before.length)).toEqual(before);
});

test('the view goes on following when more come at once than fit into it', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const server = await community(hub, asha, [babu]);
	const path = `/api/channels/${server.channels[0]?.id}/messages`;
	const page = await visit();
	await enter(page, 'asha', server.path);
	await expect(page.getByRole('heading', { name: /general/ }).first()).toBeVisible();
	// More than the client keeps: from then on each new row pushes an old one out.
	for (let batch = 0; batch < 12; batch++) {
		const words = Array.from({ length: 60 }, (_, index) => `word ${batch}-${index}`);
		await Promise.all(
			words.map((content) => hub.as(babu, 'POST', path, { content, nonce: `scenery-${content.replace(" ", "-")}` })),
		);
	}
	await hub.as(babu, 'POST', path, { content: 'the last word', nonce: 'scenery-last' });
	await expect(messages(page).last()).toContainText('the last word');
	await expect(messages(page).last()).toBeInViewport({ ratio: 1 });
	await expect(page.getByRole('button', { name: /present|new message/ })).toHaveCount(0);
});

test('the view stays at its end when others have written above what waits to be sent', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels } = await community(hub, asha, [babu]);
	const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
	await history(hub, asha, channels[0]?.id ?? '', lines);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect(messages(page).filter({ hasText: 'line 39' })).toBeInViewport({ ratio: 1 });

	await page.context().setOffline(true);
	await say(page, 'my own word');
	await expect(messages(page).filter({ hasText: 'my own word' })).toBeInViewport({ ratio: 1 });
	const words = Array.from({ length: 12 }, (_, index) => `word ${index} `.repeat(1 + 5 * index));
	await history(hub, babu, channels[0]?.id ?? '', words);
	await page.context().setOffline(false);
	await expect(messages(page).nth(-2)).toContainText('word 11', AFTER_RETRY);
	const own = delivered(page).filter({ hasText: 'my own word' });
	await expect(own).toBeInViewport({ ratio: 1, ...AFTER_RETRY });
	await expect(page.getByRole('button', { name: /present|new message/ })).toHaveCount(0);
});

test('the view stays at its end while the composer grows', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
	await history(hub, asha, channels[0]?.id ?? '', lines);
	const page = await visit();
	await enter(page, 'asha', path);
	const newest = messages(page).filter({ hasText: 'line 59' });
	await expect(newest).toBeInViewport();
	await page.getByRole('textbox', { name: /^Message #/ }).fill('many words '.repeat(300));
	await expect(newest).toBeInViewport();
	await expect(page.getByRole('button', { name: 'Jump to present' })).toHaveCount(0);
});

test('nothing moves when the pane changes its width', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels } = await community(hub, asha, [babu]);
	const sentence = 'Under the tree somebody tells what the river did last night. ';
	const texts = Array.from({ length: 240 }, (_, index) => `${index} ${sentence.repeat([1, 1, 2, 1, 4, 1, 9][index % 7] ?? 1)}`);
	await history(hub, asha, channels[0]?.id ?? '', texts);
	const page = await visit();
	await enter(page, 'asha', path);
	const newest = messages(page).filter({ hasText: '239 Under' });
	await expect(newest).toBeInViewport();
	const { height } = page.viewportSize() ?? { height: 900 };
	// The last of them brings the members back.
	const widths = [1100, 800, 900, 1440];
	for (const width of widths) {
		const before = await widthOf(page);
		await page.setViewportSize({ width, height });
		await expect.poll(() => widthOf(page)).not.toBe(before);
		await expect(newest).toBeInViewport({ ratio: 1 });
	}

	await scrollUp(page, 50, 2500);
	for (const width of widths) {
		const [before, seen] = [await widthOf(page), await firstRow(page)];
		await page.setViewportSize({ width, height });
		await expect.poll(() => widthOf(page)).not.toBe(before);
		const row = page.locator(`[data-key="${seen.key}"]`);
		await expect.poll(() => row.evaluate((one) => one.getBoundingClientRect().top)).toBeCloseTo(seen.top, 0);
	}
	// Rows that were measured at another width come by.
	const { drift } = await scrollUp(page, 50, 2000);
	expect(drift).toBeLessThan(0.5);
});

const list = (page: Page) => page.getByRole('list', { name: /^Messages in/ });
const widthOf = (page: Page) => list(page).evaluate((rows) => rows.clientWidth);

/** The first row that is whole in the view, and where it begins. */
function firstRow(page: Page): Promise<{ key: string | undefined; top: number }> {
	return list(page).evaluate((rows) => {
		const from = rows.parentElement?.getBoundingClientRect().top ?? 0;
		const whole = [...rows.children].map((row) => ({
			key: (row as HTMLElement).dataset.key,
			top: row.getBoundingClientRect().top,
		}));
		return whole.find(({ top }) => top >= from) ?? { key: undefined, top: 0 };
	});
}
