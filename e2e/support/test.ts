import { type Browser, type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { patience } from './deadlines.ts';
import { PASSWORD, TestHub } from './hub.ts';
import { community } from './scenery.ts';

export { expect };

/** Opens a browser of its own for a person, as if on another computer. */
export type Visit = (options?: Parameters<Browser['newContext']>[0]) => Promise<Page>;

/** What `writing` has typed and not sent. */
export const THOUGHT = 'half a thought';

export type Theme = 'dark' | 'light';

interface Scene {
	hub: TestHub;
	visit: Visit;
}

interface Options {
	/** What the reader chose in the settings; the client begins dark. */
	theme: Theme;
}

/** A hub and any number of people; both are gone when the test ends. */
export const test = base.extend<Scene & Options>({
	theme: ['dark', { option: true }],

	// biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
	hub: async ({}, use) => {
		const hub = await TestHub.start();
		await use(hub);
		await hub.remove();
	},
	visit: async ({ browser, hub, contextOptions, theme }, use) => {
		const contexts: BrowserContext[] = [];
		const faults: string[] = [];
		await use(async (options) => {
			const context = await browser.newContext({
				...contextOptions,
				baseURL: hub.url,
				// Journeys about it allow it: it fetches the whole client for every new person.
				serviceWorkers: 'block',
				...options,
			});
			contexts.push(context);
			await wear(context, theme);
			await context.addInitScript(listen);
			const page = await context.newPage();
			page.on('pageerror', (error) => faults.push(String(error)));
			page.on('console', (message) => {
				if (message.type() === 'error' && /content security policy/i.test(message.text())) {
					faults.push(message.text());
				}
			});
			return page;
		});
		await Promise.all(contexts.map((context) => context.close()));
		if (faults.length > 0) {
			throw new Error(`pages reported errors:\n${faults.join('\n')}`);
		}
	},
});

/** Signs in through the form. */
export async function signIn(page: Page, username: string): Promise<void> {
	await page.goto('/login');
	await signInHere(page, username);
}

/** By the form that stands there: it waits for a sign-out that is under way, as no other way in does. */
export async function signInHere(page: Page, username: string): Promise<void> {
	await page.getByLabel('Name or e-mail').fill(username);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.waitForURL(/\/app/);
}

/** The message list of the open channel. */
export function messages(page: Page) {
	return page.getByRole('main').getByRole('article');
}

/** Those of them that the hub has: only they have actions. */
export function delivered(page: Page) {
	return messages(page).filter({ has: page.getByRole('toolbar', { includeHidden: true }) });
}

/** A toast; the announcer repeats its words for screen readers. */
export function notice(page: Page, text: string) {
	return page.getByRole('region', { name: 'Notices' }).getByText(text);
}

/** Keeps what is said to screen readers, which stands in the page for two seconds only. */
function listen(): void {
	const said: string[] = [];
	Object.assign(window, { said });
	new MutationObserver(() => {
		for (const region of document.querySelectorAll('[aria-live]')) {
			const text = region.textContent ?? '';
			if (text && said.at(-1) !== text) said.push(text);
		}
	}).observe(document, { subtree: true, childList: true, characterData: true });
}

/** Waits until this has been said to screen readers since the page came. */
export async function heard(page: Page, text: string): Promise<void> {
	await expect.poll(() => page.evaluate(() => Reflect.get(window, 'said'))).toContain(text);
}

/** Writes into the composer and sends with Enter. */
export async function say(page: Page, text: string): Promise<void> {
	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await composer.fill(text);
	await composer.press('Enter');
}

/** Waits until this device would show a conversation with these words without the hub. */
export async function remembered(page: Page, words: string): Promise<void> {
	await expect
		.poll(() =>
			page.evaluate(async (sought) => {
				// Opening it here first would make an empty one.
				if (!(await indexedDB.databases()).some(({ name }) => name === 'battala')) return false;
				const open = indexedDB.open('battala');
				await new Promise((done) => open.addEventListener('success', done));
				const { result: db } = open;
				const keys = [...db.objectStoreNames].includes('snapshots')
					? db.transaction('snapshots').objectStore('snapshots').getAll()
					: null;
				if (keys) await new Promise((done) => keys.addEventListener('success', done));
				db.close();
				return JSON.stringify(keys?.result ?? []).includes(sought);
			}, words),
		)
		.toBe(true);
}

/** A deadline for what begins with a retry of a lost connection. */
export const AFTER_RETRY = { timeout: patience(40_000) };

/** Signs in without the form, for journeys that are about something else. */
export async function enter(page: Page, username: string, path = '/app'): Promise<void> {
	const answer = await page.request.post('/api/auth/login', { data: { login: username, password: PASSWORD } });
	if (!answer.ok()) {
		throw new Error(`sign-in of ${username}: ${answer.status()} ${await answer.text()}`);
	}
	await page.goto(path);
}

/** Someone of their own hub, at home in a channel, who has begun to write. */
export async function writing(hub: TestHub, visit: Visit) {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	await enter(page, 'asha', path);
	const composer = page.getByRole('textbox', { name: /^Message #/ });
	await composer.fill(THOUGHT);
	return { page, path, composer };
}

/** Chooses the looks before the first page opens. */
export async function wear(context: BrowserContext, theme: Theme, more: object = {}): Promise<void> {
	await context.addInitScript((looks) => {
		if (localStorage.getItem('battala.looks') === null) {
			localStorage.setItem('battala.looks', looks);
		}
	}, JSON.stringify({ theme, ...more }));
}
