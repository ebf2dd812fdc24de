import type { Page } from '@playwright/test';
import type { Account, TestHub } from '../support/hub.ts';
import { community } from '../support/scenery.ts';
import { drag } from '../support/touch.ts';
import { enter, expect, heard, notice, test } from '../support/test.ts';

const NAMES = ['general', 'alley', 'bakery', 'canal', 'docks'];

async function street(hub: TestHub, more = 0) {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server, channels } = await community(hub, asha, [babu]);
	const ids: Record<string, string> = { general: channels[0]?.id ?? '' };
	for (const name of [...NAMES.slice(1), ...Array.from({ length: more }, (_, at) => `plot-${at}`)]) {
		ids[name] = await channel(hub, asha, server.id, name);
	}
	return { asha, path, server: server.id, ids };
}

async function channel(hub: TestHub, asha: Account, server: string, name: string): Promise<string> {
	return (await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server}/channels`, { name })).id;
}

const names = (page: Page) =>
	page.getByRole('treeitem').evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')));
/** The rows as the eye sees them, while one is on its way. */
const seen = (page: Page) =>
	page.getByRole('treeitem').evaluateAll((rows) =>
		rows
			.map((row) => ({ name: row.getAttribute('aria-label'), y: row.getBoundingClientRect().top }))
			.sort((a, b) => a.y - b.y)
			.map(({ name }) => name),
	);
const row = (page: Page, name: string) => page.getByRole('treeitem', { name, exact: true }).getByRole('link');
const middle = async (page: Page, name: string) => {
	const box = await row(page, name).boundingBox();
	return { x: (box?.x ?? 0) + 60, y: (box?.y ?? 0) + 16 };
};

/** Takes a row and holds it over another. */
async function hold(page: Page, name: string, over: string): Promise<void> {
	const [from, to] = [await middle(page, name), await middle(page, over)];
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	await page.mouse.move(to.x, to.y, { steps: 8 });
}

test('channels are put in order by dragging and by key, and others follow', async ({ hub, visit }) => {
	const { path } = await street(hub);
	const [page, other] = [await visit(), await visit()];
	await enter(page, 'asha', path);
	await enter(other, 'babu', path);
	await expect.poll(() => names(page)).toEqual(NAMES);
	const before = page.url();

	await hold(page, 'docks', 'alley');
	await expect.poll(() => seen(page)).toEqual(['general', 'docks', 'alley', 'bakery', 'canal']);
	await page.mouse.up();
	await expect.poll(() => names(page)).toEqual(['general', 'docks', 'alley', 'bakery', 'canal']);
	await expect.poll(() => names(other)).toEqual(['general', 'docks', 'alley', 'bakery', 'canal']);
	expect(page.url()).toBe(before);

	await row(page, 'docks').focus();
	await page.keyboard.press('Control+Shift+ArrowDown');
	await heard(page, 'docks is now 3 of 5.');
	await page.keyboard.press('Control+Shift+ArrowDown');
	await page.keyboard.press('Control+Shift+ArrowDown');
	await expect.poll(() => names(page)).toEqual(NAMES);
	await expect(row(page, 'docks')).toBeFocused();
	await expect.poll(() => names(other)).toEqual(NAMES);
	await page.reload();
	await expect.poll(() => names(page)).toEqual(NAMES);

	// Whoever may not change the order cannot draw a row away.
	await hold(other, 'docks', 'alley');
	await expect.poll(() => seen(other)).toEqual(NAMES);
	await other.mouse.up();
});

test('a channel that is let go of before the page shows it there falls there', async ({ hub, visit }) => {
	const { path } = await street(hub);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect.poll(() => names(page)).toEqual(NAMES);
	const [from, to] = [await middle(page, 'docks'), await middle(page, 'alley')];
	// A page that is busy hears all of it at once.
	await row(page, 'docks').evaluate(
		(link, { from, to }) => {
			const tell = (type: string, { x, y }: typeof from, buttons: number) => {
				const at = { clientX: x, clientY: y, buttons, pointerId: 1, pointerType: 'mouse', isPrimary: true };
				link.dispatchEvent(new PointerEvent(type, { ...at, button: type === 'pointermove' ? -1 : 0, bubbles: true, cancelable: true }));
			};
			tell('pointerdown', from, 1);
			tell('pointermove', to, 1);
			tell('pointerup', to, 0);
		},
		{ from, to },
	);
	await expect.poll(() => names(page)).toEqual(['general', 'docks', 'alley', 'bakery', 'canal']);
});

test('the menu of a channel moves it and names the keys that do so, as the map of the keys does', async ({ hub, visit }) => {
	const { path } = await street(hub);
	const [owner, member] = [await visit(), await visit()];
	await enter(owner, 'asha', path);
	await enter(member, 'babu', path);
	await expect.poll(() => names(member)).toEqual(NAMES);

	await row(owner, 'bakery').click({ button: 'right' });
	await expect(owner.getByRole('menuitem', { name: 'Move up Ctrl Shift ↑' })).toBeVisible();
	await owner.getByRole('menuitem', { name: 'Move down Ctrl Shift ↓' }).click();
	await expect.poll(() => names(member)).toEqual(['general', 'alley', 'canal', 'bakery', 'docks']);
	await row(member, 'bakery').click({ button: 'right' });
	await expect(member.getByRole('menuitem', { name: 'Copy link' })).toBeVisible();
	await expect(member.getByRole('menuitem', { name: 'Move' })).toHaveCount(0);

	await owner.keyboard.press('Control+/');
	const map = owner.getByRole('dialog', { name: 'Keyboard shortcuts' });
	const keysOf = (does: string) => map.getByRole('definition').and(map.locator(`dt:text-is("${does}") + dd`));
	await expect(keysOf('On a channel in the list: move it, for everyone')).toHaveText('CtrlShift↑ ↓');
	await expect(keysOf('On a server in the list: move it, for you alone')).toHaveText('AltShift↑ ↓');
});

test('a channel that is let go of in any other way goes back, and nothing is opened', async ({ hub, visit }) => {
	const { path } = await street(hub);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect.poll(() => names(page)).toEqual(NAMES);
	const before = page.url();
	const held = () => expect.poll(() => seen(page)).not.toEqual(NAMES);
	const back = () => expect.poll(() => seen(page)).toEqual(NAMES);
	let sent = 0;
	page.on('request', (request) => {
		sent += request.method() === 'PATCH' ? 1 : 0;
	});
	const losses = [
		() => page.keyboard.press('Escape'),
		() => page.evaluate(() => window.dispatchEvent(new Event('blur'))),
		() => page.evaluate(() => window.dispatchEvent(new PointerEvent('pointercancel', { pointerId: 1 }))),
		async () => {
			await page.evaluate(() => document.querySelector('[role=tree]')?.releasePointerCapture(1));
			// The browser tells of it with the next that happens.
			await page.mouse.move(5, 5, { steps: 2 });
		},
	];
	for (const lose of losses) {
		await hold(page, 'docks', 'alley');
		await held();
		await lose();
		await back();
		const to = await middle(page, 'bakery');
		await page.mouse.move(to.x, to.y, { steps: 3 });
		await page.mouse.up();
		await back();
	}
	expect(page.url()).toBe(before);
	expect(sent).toBe(0);
	// A press is still a press.
	await row(page, 'docks').click();
	await expect(page).not.toHaveURL(before);
});

test('a drag goes on while the list changes under it', async ({ hub, visit }) => {
	const { asha, path, server, ids } = await street(hub);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect.poll(() => names(page)).toEqual(NAMES);

	await hold(page, 'docks', 'alley');
	await channel(hub, asha, server, 'ferry');
	await hub.as(asha, 'DELETE', `/api/channels/${ids.bakery}`);
	await expect.poll(() => seen(page)).toEqual(['general', 'docks', 'alley', 'canal', 'ferry']);
	await page.mouse.up();
	await expect.poll(() => names(page)).toEqual(['general', 'docks', 'alley', 'canal', 'ferry']);

	// What is held goes: the rest is at rest, and can be dragged.
	await hold(page, 'docks', 'canal');
	await hub.as(asha, 'DELETE', `/api/channels/${ids.docks}`);
	await expect.poll(() => seen(page)).toEqual(['general', 'alley', 'canal', 'ferry']);
	await page.mouse.up();
	await hold(page, 'ferry', 'general');
	await page.mouse.up();
	await expect.poll(() => names(page)).toEqual(['ferry', 'general', 'alley', 'canal']);
});

test('an order of channels that the hub does not take goes back, with the reason', async ({ hub, visit }) => {
	const { path } = await street(hub);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect.poll(() => names(page)).toEqual(NAMES);
	let answer = () => {};
	const answered = new Promise<void>((done) => {
		answer = done;
	});
	await page.route('**/api/servers/*/channels', async (route) => {
		await answered;
		await route.fulfill({ status: 403, contentType: 'application/problem+json', json: { code: 'forbidden', title: 'no' } });
	});
	await hold(page, 'docks', 'general');
	await page.mouse.up();
	await expect.poll(() => seen(page)).toEqual(['docks', 'general', 'alley', 'bakery', 'canal']);
	answer();
	await expect(notice(page, 'The channels were not moved: You are not allowed to do this.')).toBeVisible();
	await expect.poll(() => seen(page)).toEqual(NAMES);
});

test('what is deleted in the moment in which an order is sent undoes nothing, and nobody is told off', async ({ hub, visit }) => {
	const { asha, path, ids } = await street(hub);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect.poll(() => names(page)).toEqual(NAMES);
	const orders: number[] = [];
	let doomed: string | undefined;
	await page.route('**/api/servers/*/channels', async (route) => {
		const gone = doomed;
		doomed = undefined;
		if (gone) await hub.as(asha, 'DELETE', `/api/channels/${ids[gone]}`);
		const answer = await route.fetch();
		await route.fulfill({ response: answer });
		orders.push(answer.status());
	});

	// Another than the one that is moved.
	doomed = 'bakery';
	await hold(page, 'docks', 'alley');
	await page.mouse.up();
	await expect.poll(() => orders).toEqual([409, 204]);
	await expect.poll(() => names(page)).toEqual(['general', 'docks', 'alley', 'canal']);
	// That one itself.
	doomed = 'docks';
	await hold(page, 'docks', 'canal');
	await page.mouse.up();
	await expect.poll(() => orders).toEqual([409, 204, 409, 204]);
	await expect.poll(() => names(page)).toEqual(['general', 'alley', 'canal']);
	await expect(page.getByRole('region', { name: 'Notices' })).toHaveText('');
	await page.reload();
	await expect.poll(() => names(page)).toEqual(['general', 'alley', 'canal']);
});

test('a long list of channels scrolls while one is held at its edge', async ({ hub, visit }) => {
	const { path } = await street(hub, 40);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect(page.getByRole('treeitem')).toHaveCount(45);
	const last = page.getByRole('treeitem', { name: 'plot-39', exact: true });
	const from = await middle(page, 'alley');
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	const pane = await page.getByRole('navigation', { name: 'Channels', exact: true }).boundingBox();
	await page.mouse.move(from.x, (pane?.height ?? 0) - 70, { steps: 8 });
	await expect(last).toBeInViewport();
	await expect.poll(() => seen(page).then((all) => all.at(-1))).toBe('alley');
	await page.mouse.up();
	await expect.poll(() => names(page).then((all) => all.at(-1))).toBe('alley');
});

test('a finger that rests on a channel takes it, and one that does not scrolls', async ({ hub, visit }) => {
	const { path, server } = await street(hub);
	const page = await visit({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
	await page.clock.install();
	await enter(page, 'asha', `/app/s/${server}`);
	await page.goto(path);
	await page.getByRole('button', { name: 'Back to channels' }).click();
	await expect.poll(() => names(page)).toEqual(NAMES);
	// How long a finger rests is for the journey to say, however slow the machine: soon after it has
	// taken the row, the browser would open the menu for it.
	await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000));
	await page.evaluate(() => {
		const keep = (event: Event) => {
			event.preventDefault();
			event.stopImmediatePropagation();
		};
		window.addEventListener('contextmenu', keep, true);
	});
	const rest = () =>
		expect(async () => {
			await page.clock.runFor(300);
			await expect(page.getByRole('tree')).toHaveClass(/cursor-grabbing/, { timeout: 1 });
		}).toPass();
	const [from, to] = [await middle(page, 'docks'), await middle(page, 'alley')];

	await drag(page, from, to, async () => {});
	await expect.poll(() => seen(page)).toEqual(NAMES);

	await drag(page, from, to, rest);
	await page.clock.resume();
	await expect.poll(() => names(page)).toEqual(['general', 'docks', 'alley', 'bakery', 'canal']);
	await expect(page.getByRole('dialog')).toHaveCount(0);
});
