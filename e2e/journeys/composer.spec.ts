import { patience } from '../support/deadlines.ts';
import { TestHub } from '../support/hub.ts';
import { community } from '../support/scenery.ts';
import { enter, expect, messages, say, test } from '../support/test.ts';

test('a text over the limit is refused by how much, and nothing of it is lost', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await composer.fill('x'.repeat(3700));
	await expect(page.getByText('300 characters left')).toBeVisible();
	await composer.fill('x'.repeat(4012));
	await expect(page.getByRole('alert')).toHaveText('12 characters too long · at most 4,000');
	await composer.press('Enter');
	await expect(composer).toHaveValue('x'.repeat(4012));
	await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
	// A reload at once, before any pause in typing.
	await page.reload();
	await expect(composer).toHaveValue('x'.repeat(4012));
	await composer.fill('x'.repeat(4000));
	await composer.press('Enter');
	await expect(messages(page)).toHaveCount(1);
	await expect(composer).toHaveValue('');
});

test('what is written faster than the hub takes waits, with a countdown, and arrives in order', async ({ visit, browser }) => {
	const hub = await TestHub.start({ BATTALA_LIMITS_SEND_BURST: '3', BATTALA_LIMITS_SEND_PER_MINUTE: '6' });
	const context = await browser.newContext({ baseURL: hub.url, serviceWorkers: 'block' });
	try {
		const asha = await hub.setUp('asha');
		const { path } = await community(hub, asha, []);
		const page = await context.newPage();
		await enter(page, 'asha', path);
		const words = ['one', 'two', 'three', 'four', 'five'];
		for (const word of words) {
			await say(page, word);
		}
		await expect(page.getByText(/Your messages go on in \d seconds?\./).first()).toBeVisible();
		await expect(messages(page)).toHaveCount(5);
		const kept = async () => {
			const { items } = await hub.as<{ items: { content: string }[] }>(asha, 'GET', path.replace(/.*\//, '/api/channels/').concat('/messages'));
			return items.map(({ content }) => content);
		};
		await expect.poll(kept, { timeout: patience(45_000) }).toEqual(words);
		await expect(page.getByText(/Your messages go on/)).toHaveCount(0);
	} finally {
		await context.close();
		await hub.remove();
	}
});
