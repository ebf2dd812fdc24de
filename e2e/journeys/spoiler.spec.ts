import { community, history } from '../support/scenery.ts';
import { enter, expect, messages, test } from '../support/test.ts';

for (const [direction, words] of [
	['left-to-right', 'the whole ending of the film '.repeat(20)],
	['right-to-left', 'סוף הסרט'],
] as const) {
	test(`a pointer uncovers what a message hides in ${direction} text`, async ({ hub, visit }) => {
		const asha = await hub.setUp('asha');
		const { path, channels } = await community(hub, asha, []);
		const hidden = `||${words.trim()}||`;
		await history(hub, asha, channels[0]?.id ?? '', [hidden, hidden, hidden]);
		const page = await visit();
		await enter(page, 'asha', path);
		for (const index of [0, 1, 2]) {
			const message = messages(page).nth(index);
			const cover = message.locator('[data-cover]').first();
			await cover.hover({ position: { x: 4, y: 4 }, force: true });
			await expect(message.getByRole('toolbar')).toHaveCSS('opacity', '1');
			// The corners of a text are where actions that float over it would lie.
			const first = await cover.evaluate((element) => {
				const { left, right, top } = element.getBoundingClientRect();
				return { left, right, y: top + 8 };
			});
			// Whoever comes to where lines begin finds no actions of the message below in their way.
			const actions = await message.getByRole('toolbar').boundingBox();
			const row = await message.boundingBox();
			const isAtRight = (actions?.x ?? 0) > (row?.x ?? 0) + (row?.width ?? 0) / 2;
			expect(isAtRight).toBe(direction === 'left-to-right');
			for (const x of [first.left + 4, (first.left + first.right) / 2, first.right - 4]) {
				const isFree = await cover.evaluate(
					(element, { x, y }) => element.contains(document.elementFromPoint(x, y)),
					{ x, y: first.y },
				);
				expect(isFree).toBe(true);
			}
			await page.mouse.move((first.left + first.right) / 2, first.y);
			await page.mouse.down();
			await page.mouse.up();
			await expect(message.locator('[data-cover]')).toHaveCount(0);
			await page.mouse.move(0, 0);
		}
	});
}
