import type { Locator, Page } from '@playwright/test';
import { community, history } from '../support/scenery.ts';
import { delivered, enter, expect, messages, say, test } from '../support/test.ts';

for (const language of ['en', 'bn']) {
	test(`the page that sets a hub up is whole on a usual screen: ${language}`, async ({ hub, visit }) => {
		const page = await visit({ viewport: { width: 1440, height: 900 }, locale: language });
		await page.goto(await hub.setupLink());
		await expect(page.locator('button[type=submit]')).toBeInViewport({ ratio: 1 });
		// With all the room around it, and without anything to scroll.
		const main = page.getByRole('main');
		await expect(main.getByText('English', { exact: true })).toBeVisible();
		const { beyond, room } = await main.evaluate((part) => ({
			beyond: part.getBoundingClientRect().bottom - innerHeight,
			room: parseFloat(getComputedStyle(part).paddingBottom),
		}));
		expect(beyond).toBeLessThanOrEqual(0);
		expect(room).toBeGreaterThanOrEqual(20);
	});
}

/** Names that do not begin where their box does, with how far they stand from it. */
const astray = (page: Page) =>
	page.evaluate(() =>
		[...document.querySelectorAll<HTMLElement>('p[dir=auto], span[dir=auto], h1[dir=auto], h2[dir=auto]')]
			.filter((name) => /[\u0600-\u06ff]/.test(name.textContent ?? '') && name.offsetWidth > 0)
			.map((name) => {
				const words = document.createRange();
				words.selectNodeContents(name);
				const away = words.getBoundingClientRect().left - name.getBoundingClientRect().left;
				return { name: name.textContent, away: Math.round(away) };
			})
			.filter(({ away }) => away > 2),
	);

test('a name from the right stands where every other name would', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha', 'بيت الشجرة');
	const babu = await hub.register('babu', 'محمد علي');
	const { path, server, channels } = await community(hub, asha, [babu], 'الجيران');
	await hub.as(asha, 'PATCH', `/api/channels/${channels[0]?.id}`, { topic: 'أخبار القرية' });
	await hub.as(babu, 'POST', `/api/channels/${channels[0]?.id}/messages`, { content: 'hello', nonce: 'one' });
	const page = await visit({ viewport: { width: 1440, height: 900 } });
	await enter(page, 'babu', path);
	await page.getByText('hello').waitFor();
	await page.getByRole('complementary', { name: 'Members' }).getByRole('button', { name: /محمد علي/ }).click();
	await expect(page.getByText('@babu')).toBeVisible();
	expect(await astray(page)).toEqual([]);
	for (const place of ['/app/settings/profile', '/app/settings/about', `/app/s/${server.id}/settings/members`]) {
		await page.goto(place);
		await page.getByRole('heading', { level: 1 }).waitFor();
		await expect(page.locator('[dir=auto]', { hasText: /[\u0600-\u06ff]/ }).first()).toBeVisible();
		expect(await astray(page), place).toEqual([]);
	}
	const stranger = await visit();
	await stranger.goto('/login');
	await expect(stranger.getByText('بيت الشجرة', { exact: true })).toBeVisible();
	expect(await astray(stranger)).toEqual([]);
});

test('what is about to be deleted is shown in whole lines', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const lines = Array.from({ length: 9 }, (_, n) => `line ${n + 1}`).join('\n');
	await history(hub, asha, channels[0]?.id ?? '', [lines]);
	const page = await visit();
	await enter(page, 'asha', path);
	await delivered(page).first().hover();
	await page.getByRole('button', { name: 'Delete message' }).click();
	const quote = page.getByRole('alertdialog').getByText('line 7');
	await expect(quote).toBeAttached();
	const half = await quote.evaluate((words) => {
		const clamp = words.closest('[class*=line-clamp]') ?? words;
		const end = clamp.getBoundingClientRect().bottom;
		const lines = document.createRange();
		lines.selectNodeContents(words);
		return [...lines.getClientRects()].filter(({ top, bottom }) => top < end - 1 && bottom > end + 1).length;
	});
	expect(half).toBe(0);
});

test('a long name of a channel leaves room for what stands beside it', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { server } = await community(hub, asha, []);
	const name = 'what-everybody-brings-to-the-feast-on-saturday';
	const { id } = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name });
	const page = await visit();
	for (const width of [320, 390, 900]) {
		await page.setViewportSize({ width, height: 844 });
		await enter(page, 'asha', `/app/s/${server.id}/${id}`);
		await expect(page.getByRole('heading', { name: `#${name}`, level: 1 })).toBeInViewport();
		await expect(page.getByRole('button', { name: 'Show members' })).toBeInViewport({ ratio: 1 });
	}
});

test('on a narrow screen the mark of an edit begins its own line, and a count keeps off the border', async ({
	hub,
	visit,
}) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const channel = channels[0]?.id ?? '';
	for (let n = 20; n < 40; n++) {
		const content = 'a '.repeat(n);
		const made = await hub.as<{ id: string }>(asha, 'POST', `/api/channels/${channel}/messages`, { content, nonce: `n${n}` });
		await hub.as(asha, 'PATCH', `/api/channels/${channel}/messages/${made.id}`, { content: `${content}!` });
	}
	const page = await visit({ viewport: { width: 390, height: 844 } });
	await enter(page, 'asha', path);
	await expect(page.getByText('(edited)').last()).toBeVisible();
	const wrapped = await page.getByText('(edited)').evaluateAll((marks) =>
		marks.flatMap((mark) => {
			const words = mark.closest('[dir=auto]')?.querySelector('p');
			if (!words) return [];
			const text = words.getBoundingClientRect();
			const own = mark.getBoundingClientRect();
			return own.top >= text.bottom ? [Math.round(own.left - text.left)] : [];
		}),
	);
	expect(wrapped.length).toBeGreaterThan(0);
	expect(new Set(wrapped)).toEqual(new Set([0]));

	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await composer.fill('x'.repeat(4500));
	const count = page.getByText(/characters too long/);
	const [inner, outer] = [await count.boundingBox(), await composer.locator('..').boundingBox()];
	expect((inner?.x ?? 0) - (outer?.x ?? 0)).toBeGreaterThanOrEqual(8);
	expect((inner?.y ?? 0) - (outer?.y ?? 0) - (outer?.height ?? 0)).toBeGreaterThanOrEqual(4);
});

for (const [width, height] of [
	[1440, 900],
	[900, 900],
	[390, 844],
] as const) {
	test(`a notice covers nothing that is written, nor the way back: ${width} px`, async ({ hub, visit }) => {
		const asha = await hub.setUp('asha');
		const { path } = await community(hub, asha, []);
		const page = await visit({ viewport: { width, height } });
		await enter(page, 'asha', path);
		await say(page, 'copy me');
		await delivered(page).last().focus();
		await page.keyboard.press('c');
		const notice = page.getByRole('region', { name: 'Notices' }).locator('div').first();
		await expect(notice).toBeVisible();
		await notice.hover();
		// On a phone what goes by itself lies over messages, and moves none of them.
		const written = width < 768 ? '#main form, #main header' : COVERABLE;
		await expect.poll(() => under(page, written)).toEqual([]);
		await page.getByRole('textbox', { name: /^Message #/ }).fill('line\n'.repeat(8));
		await expect.poll(() => under(page, written)).toEqual([]);
	});

	test(`a notice that stays covers nothing that is read or pressed: ${width} px`, async ({ hub, visit }) => {
		const asha = await hub.setUp('asha');
		const { path, server, channels } = await community(hub, asha, []);
		await history(hub, asha, channels[0]?.id ?? '', Array.from({ length: 40 }, (_, index) => `word ${index}`));
		const side = Array.from({ length: 30 }, (_, index) => `side-${index}`);
		for (const name of side) await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name });
		const doomed = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'doomed' });
		const page = await visit({ viewport: { width, height } });
		await enter(page, 'asha', `/app/s/${server.id}/${doomed.id}`);
		await page.getByRole('textbox', { name: 'Message #doomed' }).fill('half a thought');
		await hub.as(asha, 'DELETE', `/api/channels/${doomed.id}`);
		await page.getByRole('button', { name: 'Copy what you wrote' }).waitFor();
		await expect.poll(() => under(page, COVERABLE)).toEqual([]);
		// Nothing of it stands out where the room is narrow.
		expect(await page.locator('[data-notices] > *').evaluate((card) => card.scrollWidth - card.clientWidth)).toBe(0);
		if (width < 768) {
			// Here the list of channels comes first, with the notice above it.
			await page.getByRole('treeitem', { name: /^general/ }).getByRole('link').click();
		}
		await expect(page).toHaveURL(new RegExp(`${path}$`));
		await expect(messages(page).last()).toBeInViewport({ ratio: 1 });
		await expect.poll(() => under(page, COVERABLE)).toEqual([]);
		await page.getByRole('button', { name: /^(?:Show|Hide) members$/ }).click();
		await expect.poll(() => under(page, COVERABLE)).toEqual([]);
	});
}

for (const [width, height] of [
	[1440, 620],
	[1440, 400],
	[390, 480],
] as const) {
	test(`who begins anew on a low page can read all of it beside the notices: ${width} × ${height} px`, async ({ hub, visit }) => {
		const asha = await hub.setUp('asha');
		const babu = await hub.register('babu');
		const { path, server } = await community(hub, asha, [babu]);
		const page = await visit({ viewport: { width, height } });
		await enter(page, 'babu', path);
		await page.getByRole('textbox', { name: /^Message #/ }).fill('half a thought');
		const me = await hub.as<{ id: string }>(babu, 'GET', '/api/users/@me');
		await hub.as(asha, 'DELETE', `/api/servers/${server.id}/members/${me.id}`);
		await page.getByRole('button', { name: 'Copy what you wrote' }).waitFor();
		const main = page.getByRole('main');
		const create = main.getByRole('button', { name: 'Create', exact: true });
		await create.waitFor();
		if (height > 600) await expect(create).toBeInViewport({ ratio: 1 });
		for (const part of [main.getByRole('heading', { level: 1 }), create, main.getByRole('button', { name: 'Join', exact: true })]) {
			await part.scrollIntoViewIfNeeded();
			await expect(part).toBeInViewport({ ratio: 1 });
			await expect.poll(() => under(page, '#main h1, #main h2, #main input, #main button')).toEqual([]);
		}
		if (width >= 768) await expect(page.getByRole('region', { name: 'You', exact: true })).toBeInViewport({ ratio: 1 });
		await page.setViewportSize({ width, height: 240 });
		await page.goto('/app/nowhere');
		for (const part of [main.getByRole('heading', { name: 'Not here' }), main.getByRole('link', { name: 'Back to the start' })]) {
			await part.scrollIntoViewIfNeeded();
			await expect(part).toBeInViewport({ ratio: 1 });
		}
	});
}

/** What is read or pressed beside the notices. */
const COVERABLE = 
	'#main article, #main form, #main header, #members *, [role=dialog] input, [role=dialog] button, ' +
	'#channels header, #channels [role=treeitem], #channels section, #rail a, #rail button';

/** Which of these lie under a notice, as far as their scrolling ancestors show them. */
function under(page: Page, selector: string): Promise<string[]> {
	return page.evaluate((selector) => {
		const shown = (element: Element) => {
			let { left, top, right, bottom } = element.getBoundingClientRect();
			for (let outer = element.parentElement; outer; outer = outer.parentElement) {
				if (getComputedStyle(outer).overflowY === 'visible') continue;
				const box = outer.getBoundingClientRect();
				[left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
				[right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
			}
			return { left, top, right, bottom };
		};
		const cards = [...document.querySelectorAll('[data-notices] > *')].map(shown);
		return [...document.querySelectorAll(selector)]
			.filter((element) => {
				const { left, top, right, bottom } = shown(element);
				const isThere = right - left > 1 && bottom - top > 1;
				// To the pixel: a notice may still be rising.
				return isThere && cards.some((card) =>
					card.left < right - 1 && card.right > left + 1 && card.top < bottom - 1 && card.bottom > top + 1);
			})
			.map((element) => element.textContent ?? '');
	}, selector);
}

test('the page that sets a hub up is as whole with every fault, none of which moves what is pressed', async ({ hub, visit }) => {
	const page = await visit({ viewport: { width: 1440, height: 900 } });
	await page.goto(await hub.setupLink());
	await page.getByLabel('E-mail').fill('nobody');
	// To leave the field shows its fault; the button is still where it was when it was pressed.
	await page.locator('button[type=submit]').click();
	await expect(page.locator('[aria-invalid=true]')).toHaveCount(4);
	await expect(page.getByRole('button', { name: 'English', exact: true })).toBeInViewport({ ratio: 1 });
	await expect(page.getByText('Required.').first()).toBeInViewport({ ratio: 1 });
});

test('the actions of a message cover no other, and are whole at the upper edge of the list', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels } = await community(hub, asha, [babu]);
	const id = channels[0]?.id ?? '';
	const long = 'from one side to the other '.repeat(20);
	for (let turn = 0; turn < 12; turn += 1) {
		await hub.as(turn % 2 ? babu : asha, 'POST', `/api/channels/${id}/messages`, { content: `${turn} ${long}`, nonce: `n${turn}` });
	}
	const page = await visit({ viewport: { width: 1440, height: 700 } });
	await enter(page, 'asha', path);
	await delivered(page).last().waitFor();
	const look = (article: Locator) =>
		article.evaluate((row) => {
			const list = row.closest('ol')?.parentElement?.getBoundingClientRect();
			const bar = row.querySelector('[role=toolbar]')?.getBoundingClientRect();
			const rows = [...document.querySelectorAll('article')];
			const above = rows[rows.indexOf(row as HTMLElement) - 1]?.querySelector('[id$="-b"]')?.getBoundingClientRect();
			const words = row.querySelector('[id$="-b"]')?.getBoundingClientRect();
			if (!list || !bar || !above || !words) return `not all is there: ${[list, bar, above, words].map(Boolean)}`;
			if (bar.top < list.top) return 'cut off';
			if (bar.top < above.bottom - 1 && bar.bottom > above.top) return 'over the message above';
			return bar.bottom > words.top + 1 ? 'over its own words' : 'free';
		});
	const last = messages(page).last();
	await last.hover();
	await expect(last.getByRole('toolbar')).toHaveCSS('opacity', '1');
	await expect.poll(() => look(last)).toBe('free');

	// The row whose beginning is out of sight keeps its actions in it.
	const scroller = page.locator('ol#messages').locator('..');
	const row = messages(page).filter({ hasText: '3 from one' });
	await row.evaluate((element) => {
		const list = element.closest('ol')?.parentElement;
		list?.scrollBy(0, element.getBoundingClientRect().top - list.getBoundingClientRect().top + 6);
	});
	const box = await scroller.boundingBox();
	await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 20);
	await expect(row.getByRole('toolbar')).toHaveCSS('opacity', '1');
	await expect.poll(() => look(row)).not.toBe('cut off');
});

test('the actions of a message that goes on cover no line, where one is short', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const long = 'from one side to the other '.repeat(30).trim();
	await history(hub, asha, channels[0]?.id ?? '', ['first', long, 'short', long, `${long}\nshort`, 'last']);
	const page = await visit();
	await enter(page, 'asha', path);
	await delivered(page).last().waitFor();
	for (const words of ['short', 'last']) {
		const row = messages(page).filter({ hasText: new RegExp(`M?${words}$`) }).filter({ hasNotText: 'from' });
		await row.hover();
		await expect(row.getByRole('toolbar')).toHaveCSS('opacity', '1');
		await expect.poll(() => row.evaluate(covered)).toEqual([]);
	}
});

/** Words of any message that lie under the actions of this one. */
function covered(row: Element): string[] {
	const bar = row.querySelector('[role=toolbar]')?.getBoundingClientRect();
	const lines = document.createRange();
	return [...document.querySelectorAll('article [id$="-b"]')].flatMap((words) => {
		const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
		const found: string[] = [];
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			lines.selectNodeContents(node);
			// The letters of a line leave some of its height free.
			const isUnder = [...lines.getClientRects()].some(
				({ left, right, top, bottom }) =>
					bar && left < bar.right && right > bar.left && top + 3 < bar.bottom && bottom - 3 > bar.top,
			);
			if (isUnder) found.push(node.textContent?.slice(-20) ?? '');
		}
		return found;
	});
}

for (const width of [1440, 390]) {
	test(`what is said of a mark is whole, and stands below what is said of the connection: ${width} px`, async ({ hub, visit }) => {
		const asha = await hub.setUp('asha');
		const { path, channels } = await community(hub, asha, []);
		const texts = Array.from({ length: 110 }, (_, n) => `word ${n}`);
		await history(hub, asha, channels[0]?.id ?? '', texts);
		const page = await visit({ viewport: { width, height: 844 } });
		await enter(page, 'asha', path);
		await expect(messages(page).last()).toContainText('word 109');
		await messages(page).last().focus();
		for (const place of [99, 89, 79, 69, 59, 49]) {
			await page.keyboard.press('PageUp');
			await expect(messages(page).filter({ hasText: new RegExp(`word ${place}\\b`) })).toBeFocused();
		}
		await page.keyboard.press('u');
		await expect(page.getByText(/^(?:\d+ new|New)$/)).toBeInViewport();
		await page.getByRole('button', { name: /^Jump to present$|new messages$/ }).click();
		const words = page.getByText(/^Kept unread since /);
		await expect(words).toBeVisible();
		expect(await words.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0);

		await page.context().setOffline(true);
		const offline = page.getByRole('main').getByText('Offline', { exact: true });
		await expect(offline).toBeVisible();
		const between = async () => {
			const [one, other] = [await offline.locator('..').boundingBox(), await words.locator('..').boundingBox()];
			return (other?.y ?? 0) - (one?.y ?? 0) - (one?.height ?? 0);
		};
		await expect.poll(between).toBeGreaterThanOrEqual(0);
	});
}
