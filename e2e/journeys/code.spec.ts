import { community, history } from '../support/scenery.ts';
import { enter, expect, messages, test } from '../support/test.ts';

test('code has its colours and its lines, and is copied whole', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const lines = Array.from({ length: 40 }, (_, n) => `let row_${n} = ${n}; // row`);
	await history(hub, asha, channels[0]?.id ?? '', [['```rust', ...lines, '```'].join('\n'), '```\nno language\n```']);
	const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
	await enter(page, 'asha', path);
	const block = messages(page).first().getByRole('figure');
	await expect(block.getByText('rust', { exact: true })).toBeVisible();
	const colourOf = (text: string) =>
		block.getByText(text, { exact: true }).first().evaluate((element) => getComputedStyle(element).color);
	const plain = await block.locator('code').evaluate((element) => getComputedStyle(element).color);
	await expect.poll(() => colourOf('let')).not.toBe(plain);

	await expect(block.getByText('row_23')).toBeVisible();
	await expect(block.getByText('row_24')).toHaveCount(0);
	await block.getByRole('button', { name: 'Copy code' }).click();
	await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(lines.join('\n'));
	await block.getByRole('button', { name: 'Show all 40 lines' }).click();
	await expect(block.locator('code')).toHaveText(lines.join('\n'));
	await expect(messages(page).nth(1).getByRole('figure').getByText('Code')).toBeVisible();
});

test('at the upper edge of the list the actions of a message leave what is pressed in it free', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const lines = Array.from({ length: 40 }, (_, n) => `row ${n}`);
	await history(hub, asha, channels[0]?.id ?? '', [['```', ...lines, '```'].join('\n'), ...lines]);
	const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
	await enter(page, 'asha', path);
	const block = page.getByRole('main').getByRole('figure');
	const copy = block.getByRole('button', { name: 'Copy code' });
	const message = messages(page).filter({ has: page.getByRole('figure') });
	await expect(messages(page).last()).toBeInViewport();
	await page.locator('ol#messages').locator('..').hover();
	// The list is drawn as it is scrolled: first to the block, then with its head to the upper edge.
	await expect(async () => {
		await page.mouse.wheel(0, -4000);
		await expect(copy).toBeInViewport({ timeout: 500 });
	}).toPass();
	await copy.evaluate((button) => {
		const list = button.closest('ol')?.parentElement;
		list?.scrollBy(0, button.getBoundingClientRect().top - list.getBoundingClientRect().top - 2);
	});
	await block.locator('code').hover();
	await expect(message.getByRole('toolbar')).toHaveCSS('opacity', '1');
	await copy.click();
	await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(lines.join('\n'));
	await expect(message.getByRole('toolbar')).toBeInViewport({ ratio: 1 });
});

for (const after of [0, 40]) {
	test(`what one reads stays where it is when the rest of long code is shown, ${after} messages from the end`, async ({ hub, visit }) => {
		const asha = await hub.setUp('asha');
		const { path, channels } = await community(hub, asha, []);
		const lines = Array.from({ length: 120 }, (_, n) => `line_${n};`);
		const more = Array.from({ length: after }, (_, n) => `after ${n}`);
		await history(hub, asha, channels[0]?.id ?? '', [['```', ...lines, '```'].join('\n'), ...more]);
		const page = await visit();
		await enter(page, 'asha', path);
		await expect(messages(page).last()).toBeInViewport();
		const block = page.getByRole('main').getByRole('figure');
		const unfold = block.getByRole('button', { name: 'Show all 120 lines' });
		await page.locator('ol#messages').locator('..').hover();
		await expect(async () => {
			await page.mouse.wheel(0, -4000);
			await expect(unfold).toBeAttached({ timeout: 500 });
		}).toPass();
		await unfold.evaluate((button) => {
			const list = button.closest('ol')?.parentElement;
			const bottom = list?.getBoundingClientRect().bottom ?? 0;
			list?.scrollBy(0, button.getBoundingClientRect().bottom - bottom + 40);
		});
		const read = block.locator('code');
		const placeOf = async () => Math.round((await read.boundingBox())?.y ?? 0);
		const before = await placeOf();
		await unfold.click();
		await expect(read).toContainText('line_119;');
		await expect.poll(placeOf).toBe(before);
		const fold = block.getByRole('button', { name: 'Show fewer lines' });
		await expect(fold).toBeFocused();
		// Nothing moves it afterwards either.
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
		expect(await placeOf()).toBe(before);
		await fold.click();
		await expect(unfold).toBeInViewport();
	});
}
