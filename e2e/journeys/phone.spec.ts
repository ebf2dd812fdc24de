import { smallTargets } from '../support/audit.ts';
import { community, history } from '../support/scenery.ts';
import { enter, expect, messages, say, test } from '../support/test.ts';
import { press, swipe } from '../support/touch.ts';

test('Back walks the panes, one at a time', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'news' });
	const page = await visit();
	await enter(page, 'asha', path.replace(/\/\d+$/, ''));
	const channels = page.getByRole('tree');
	await expect(channels).toBeVisible();
	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await expect(composer).toHaveCount(0);

	await page.getByRole('treeitem', { name: /general/ }).tap();
	await expect(page.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();
	await expect(channels).toHaveCount(0);
	await say(page, 'from the road');
	await page.getByRole('button', { name: 'Send' }).tap();
	await expect(messages(page).filter({ hasText: 'from the road' })).toHaveCount(1);

	await page.getByRole('button', { name: 'Show members' }).tap();
	const members = page.getByRole('dialog', { name: 'Members' });
	await expect(members.getByRole('button', { name: /^babu/ })).toBeVisible();
	await page.goBack();
	await expect(members).toHaveCount(0);
	await expect(page.getByRole('heading', { level: 1, name: /# ?general/ })).toBeVisible();
	await page.goBack();
	await expect(channels).toBeVisible();
	await page.goForward();
	await expect(messages(page).filter({ hasText: 'from the road' })).toHaveCount(1);
	await page.getByRole('button', { name: 'Back to channels' }).tap();
	await expect(channels).toBeVisible();
});

test('everything fits a thumb and nothing scrolls sideways', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['`a long line of code`'.padEnd(400, 'x'), 'short']);
	const page = await visit();
	const faults: string[] = [];
	await page.goto('/login');
	await page.getByRole('heading').first().waitFor();
	faults.push(...(await smallTargets(page, 44)));
	await enter(page, 'asha', path);
	for (const place of [path, path.replace(/\/\d+$/, ''), '/app/settings/profile', '/app/settings/appearance']) {
		await page.goto(place);
		// What is on its way has headings, too.
		await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
		await expect(page.locator('h1, h2, [role=tree]').first()).toBeVisible();
		faults.push(...(await smallTargets(page, 44)).map((fault) => `${place}: ${fault}`));
		for (const width of [390, 320]) {
			await page.setViewportSize({ width, height: 844 });
			const excess = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
			// The page hears of its new width a moment later.
			await expect.poll(excess, `${place} at ${width} px is not too wide`).toBeLessThanOrEqual(0);
		}
	}
	expect(faults).toEqual([]);
});

test('a finger goes between the panes, where it does not scroll and is not at the edge', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['```\n'.concat('wide '.repeat(80), '\n```')]);
	const page = await visit();
	await enter(page, 'asha', path.replace(/\/\d+$/, ''));
	const tree = page.getByRole('tree');
	await tree.waitFor();
	await swipe(page, { x: 320, y: 420 }, { x: 120, y: 430 });
	const heading = page.getByRole('heading', { level: 1, name: /# ?general/ });
	await expect(heading).toBeVisible();
	await messages(page).first().waitFor();

	// Not from the edge, which is the system's, nor over code that scrolls.
	const edge = (page.viewportSize()?.width ?? 0) - 6;
	await swipe(page, { x: edge, y: 200 }, { x: 120, y: 200 });
	const code = await page.locator('pre').boundingBox();
	const y = (code?.y ?? 0) + 20;
	await swipe(page, { x: 300, y }, { x: 100, y });
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(heading).toBeVisible();

	await swipe(page, { x: 320, y: 200 }, { x: 120, y: 205 });
	const members = page.getByRole('dialog', { name: 'Members' });
	await expect(members.getByRole('button', { name: /^asha/ })).toBeVisible();
	await swipe(page, { x: 200, y: 500 }, { x: 340, y: 505 });
	await expect(members).toHaveCount(0);
	await expect(heading).toBeVisible();
	await swipe(page, { x: 60, y: 200 }, { x: 280, y: 205 });
	await expect(tree).toBeVisible();
});

test('a long press opens the menu of a row and does not also press it', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	await history(hub, asha, channels[0]?.id ?? '', ['hold me']);
	const page = await visit();
	await enter(page, 'asha', path);
	await messages(page).first().waitFor();
	// What comes last moves what is there.
	await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
	const row = await messages(page).first().boundingBox();
	const lift = await press(page, { x: 200, y: (row?.y ?? 0) + 30 });
	const sheet = page.getByRole('dialog', { name: 'Actions of this message' });
	await expect(sheet.getByRole('button', { name: 'Copy text' })).toBeVisible();
	await lift();
	await expect(sheet).toBeVisible();
	await sheet.getByRole('button', { name: /^Edit/ }).tap();
	await expect(page.getByRole('textbox', { name: 'Edit message' })).toBeFocused();

	await page.goto(path.replace(/\/\d+$/, ''));
	const channel = await page.getByRole('treeitem').getByRole('link').boundingBox();
	const release = await press(page, { x: 150, y: (channel?.y ?? 0) + 20 });
	const menu = page.getByRole('dialog', { name: 'Menu of #general' });
	await expect(menu).toBeVisible();
	await release();
	await expect(menu).toBeVisible();
	expect(page.url()).not.toContain(path);
});

test('who is in no server yet has both ways into one before them', async ({ hub, visit }) => {
	await hub.setUp('asha');
	const page = await visit();
	// What the bars of a browser leave of such a phone.
	await page.setViewportSize({ width: 390, height: 664 });
	await page.goto('/register');
	await page.getByLabel('Name', { exact: true }).fill('haru');
	await page.getByLabel('Password', { exact: true }).fill('banyan tree at dusk');
	await page.getByRole('button', { name: 'Create an account' }).tap();
	await expect(page.getByRole('heading', { name: 'Welcome, haru' })).toBeInViewport();
	for (const name of ['Create', 'Join']) {
		await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
	}
	expect(await smallTargets(page, 44)).toEqual([]);
});

const fromTheRight = [
	'أخبار',
	'חדשות',
	'חדשות-היום-של-הקהילה-הגדולה-שלנו-ושל-כל-השכנים',
];

test('names that are written from the right stand beside their mark, whole or cut at their end', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, server } = await community(hub, asha, [], 'سوق (قديم)');
	for (const name of fromTheRight) {
		await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name });
	}
	const page = await visit();
	await enter(page, 'asha', path.replace(/\/\d+$/, ''));
	for (const name of fromTheRight) {
		const row = page.getByRole('treeitem', { name, exact: true });
		await expect(row).toBeVisible();
		expect(await row.evaluate(gap), `${name} in the list`).toBeLessThanOrEqual(16);
		await row.tap();
		const header = page.getByRole('banner').or(page.locator('header')).filter({ has: page.getByRole('heading', { level: 1 }) });
		await expect(header.getByRole('heading', { name: `#\u2068${name}\u2069` })).toBeVisible();
		expect(await header.evaluate(gap), `${name} above its messages`).toBeLessThanOrEqual(16);
		await page.goBack();
	}
});

/** From the `#` to the first letters that can be seen. */
function gap(place: Element): number {
	const mark = place.querySelector('svg.lucide-hash')?.getBoundingClientRect();
	const name = place.querySelector('[dir=auto]');
	if (!mark || !name) {
		return Number.NaN;
	}
	const text = document.createRange();
	text.selectNodeContents(name);
	const from = Math.max(text.getBoundingClientRect().left, name.getBoundingClientRect().left);
	return from - mark.right;
}
