import type { Page } from '@playwright/test';
import { community } from '../support/scenery.ts';
import { enter, expect, signInHere, THOUGHT, test, type Visit, writing } from '../support/test.ts';

/** The page has looked whether the hub is there, before it would reload for code that did not come. */
function looked(page: Page): Promise<unknown> {
	return page.waitForEvent('requestfailed', (request) => request.url().endsWith('/healthz'));
}

test('a page whose code does not come says so, and a retry brings it', async ({ hub, visit }) => {
	const { page, composer } = await writing(hub, visit);

	// The hub is out of reach as well, so no reload would help.
	const gone = /assets\/UserSettings|healthz/;
	await page.route(gone, (route) => route.abort());
	const hasLooked = looked(page);
	await page.keyboard.press('Control+,');
	await expect(page.getByRole('alert').getByText('This part failed')).toBeVisible();
	await hasLooked;
	await page.unroute(gone);
	await page.getByRole('button', { name: 'Reload part' }).click();
	await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible();
	await page.goBack();
	await expect(composer).toHaveValue(THOUGHT);
});

test('what opens above the page and does not come leaves the page as it is, and comes when asked for again', async ({ hub, visit }) => {
	const { page, composer } = await writing(hub, visit);
	const menu = page.getByRole('menu');
	const notice = page.getByRole('region', { name: 'Notices' }).getByText('That could not be loaded. Try again.');
	const gone = /assets\/(?:MenuHost|AddServerDialog)|healthz/;
	await page.route(gone, (route) => route.abort());
	const openers = [
		[page.getByRole('button', { name: 'Create or join a server' }), page.getByRole('dialog')],
		[page.getByRole('button', { name: /^Menu of Neighbours/ }), menu],
	] as const;
	for (const [opener] of openers) {
		const hasLooked = looked(page);
		await opener.click();
		await expect(notice).toBeVisible();
		await hasLooked;
		await expect(composer).toHaveValue(THOUGHT);
	}
	await page.unroute(gone);
	for (const [opener, opened] of openers) {
		await opener.click();
		await expect(opened).toBeVisible();
		await expect(notice).toHaveCount(0);
		await page.keyboard.press('Escape');
	}
	await expect(composer).toHaveValue(THOUGHT);
});

test('a page older than the hub reloads itself once, silently, and keeps the draft', async ({ hub, visit }) => {
	const { page, path, composer } = await writing(hub, visit);
	await composer.blur();
	// Preloading asks for it as well, and the page asks anew for what did not come: gone is what all
	// of that page ask for, until another page is.
	let isOld = true;
	page.on('request', (request) => {
		if (request.isNavigationRequest()) isOld = false;
	});
	await page.route(/assets\/UserSettings/, (route) => (isOld ? route.fulfill({ status: 404 }) : route.continue()));
	const reloaded = page.waitForEvent('load');
	await page.keyboard.press('Control+,');
	await reloaded;
	await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible();
	await page.goto(path);
	await expect(composer).toHaveValue(THOUGHT);
});

/** A page whose hub has these files no more, until it is reloaded; and whether it has thought of that. */
function old(visit: Visit, gone: RegExp) {
	const state = { isOld: true, mayReload: false };
	const visitOld: Visit = async (options) => {
		const page = await visit(options);
		await page.addInitScript(() => {
			addEventListener('vite:preloadError', () => Object.assign(window, { isMissing: true }));
		});
		await page.route(gone, (route) => (state.isOld ? route.fulfill({ status: 404 }) : route.continue()));
		page.on('request', (request) => {
			state.mayReload ||= request.url().endsWith('/healthz');
		});
		return page;
	};
	return { state, visitOld };
}

test('a page older than the hub goes on until somebody asks for what is gone', async ({ hub, visit }) => {
	const { state, visitOld } = old(visit, /assets\/MenuHost/);
	const { page, composer } = await writing(hub, visitOld);
	const opener = page.getByRole('button', { name: /^Menu of Neighbours/ });
	await opener.hover();
	await page.waitForFunction(() => 'isMissing' in window);
	// Whatever follows from what is missing has followed by the time another page has come and gone.
	await page.keyboard.press('Control+,');
	await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible();
	await page.goBack();
	await expect(composer).toHaveValue(THOUGHT);
	expect(state.mayReload).toBe(false);

	page.on('request', (request) => {
		if (request.isNavigationRequest()) state.isOld = false;
	});
	const reloaded = page.waitForEvent('load');
	await opener.click();
	await reloaded;
	await expect(composer).toHaveValue(THOUGHT);
	await opener.click();
	await expect(page.getByRole('menu')).toBeVisible();
});

test('signing out on a page older than the hub asks by what the browser has, and that is all', async ({ hub, visit }) => {
	const { state, visitOld } = old(visit, /assets\/SignOutDialog/);
	const { page, composer } = await writing(hub, visitOld);
	page.on('dialog', (dialog) => void dialog.accept());
	await page.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await signInHere(page, 'asha');
	await expect(composer).toHaveValue(THOUGHT);
	expect(state.mayReload).toBe(false);
});

test('when even the hub itself does not come, a kind page stands there', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	const gone = /assets\/Hub-|healthz/;
	await page.route(gone, (route) => route.abort());
	const hasLooked = looked(page);
	await enter(page, 'asha', path);
	await expect(page.getByRole('heading', { name: 'This page could not be loaded.' })).toBeVisible();
	await hasLooked;
	await page.unroute(gone);
	await page.getByRole('button', { name: 'Try again' }).click();
	await expect(page.getByRole('textbox', { name: /^Message #/ })).toBeVisible();
});
