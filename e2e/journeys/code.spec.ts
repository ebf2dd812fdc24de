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
