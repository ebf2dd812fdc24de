import type { Locator, Page } from '@playwright/test';
import type { Account, TestHub } from '../support/hub.ts';
import { community } from '../support/scenery.ts';
import {
	AFTER_RETRY,
	delivered,
	enter,
	expect,
	notice,
	remembered,
	say,
	signIn,
	test,
	THOUGHT,
	type Visit,
} from '../support/test.ts';

/** A server with a second channel, in which one reads. */
async function inDoomed(hub: TestHub, visit: Visit, who: 'asha' | 'babu', options?: Parameters<Visit>[0]) {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { server, channels } = await community(hub, asha, [babu]);
	const made = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'doomed' });
	const path = `/app/s/${server.id}/${made.id}`;
	const page = await visit(options);
	await enter(page, who, path);
	await composer(page, 'doomed').waitFor();
	const remove = () => hub.as(asha, 'DELETE', `/api/channels/${made.id}`);
	return { asha, babu, server, general: channels[0]?.id ?? '', doomed: made.id, page, path, remove };
}

function composer(page: Page, channel: string) {
	return page.getByRole('textbox', { name: `Message #${channel}` });
}

async function kick(hub: TestHub, asha: Account, babu: Account, serverId: string) {
	const me = await hub.as<{ id: string }>(babu, 'GET', '/api/users/@me');
	await hub.as(asha, 'DELETE', `/api/servers/${serverId}/members/${me.id}`);
}

test('who deletes the channel that they read goes on in the next one', async ({ hub, visit }) => {
	const { page } = await inDoomed(hub, visit, 'asha');
	await page.getByRole('button', { name: 'Menu of #doomed' }).click();
	await page.getByRole('menuitem', { name: 'Delete channel' }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: 'Delete channel' }).click();
	await composer(page, 'general').waitFor();
	await expect(page.getByRole('alertdialog')).toHaveCount(0);
	await expect(notice(page, '#doomed (Neighbours) was deleted.')).toHaveCount(0);
	await page.goto('/app');
	await composer(page, 'general').waitFor();
});

test('a link to a message that is gone, or never was, says so', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path, channels } = await community(hub, asha, []);
	const channel = channels[0]?.id ?? '';
	const write = (content: string) =>
		hub.as<{ id: string }>(asha, 'POST', `/api/channels/${channel}/messages`, { content, nonce: content.replace(' ', '-') });
	await write('The first');
	const gone = await write('The second');
	await write('The third');
	await hub.as(asha, 'DELETE', `/api/channels/${channel}/messages/${gone.id}`);
	const page = await visit();
	await enter(page, 'asha', `${path}/m/${gone.id}`);
	await expect(notice(page, 'That message is not here.')).toBeVisible();
	await expect(page.getByText('The third')).toBeVisible();
	await page.goto(`${path}/m/9`);
	await expect(notice(page, 'That message is not here.')).toBeVisible();
	await expect(page.getByText('The third')).toBeVisible();
});

test('whose channel is deleted goes on in the next one, with what they had written', async ({ hub, visit }) => {
	const { page, remove } = await inDoomed(hub, visit, 'babu', { permissions: ['clipboard-read', 'clipboard-write'] });
	await composer(page, 'doomed').fill(THOUGHT);
	const wasLost = await watchForNotHere(page);
	await remove();
	await composer(page, 'general').waitFor();
	await expect(composer(page, 'general')).toHaveValue('');
	expect(await wasLost()).toBe(false);
	await expect(notice(page, '#doomed (Neighbours) was deleted.')).toBeVisible();
	const copy = page.getByRole('button', { name: 'Copy what you wrote' });
	await expect(copy).toBeVisible();
	// The words have the width of the notice; what can be done stands below them. The notice may
	// still rise while it is looked at, so that both are measured in one moment, and to the pixel.
	const words = await notice(page, '#doomed (Neighbours) was deleted.').elementHandle();
	const room = await copy.evaluate(
		(button, words) => button.getBoundingClientRect().top - (words?.getBoundingClientRect().bottom ?? Infinity),
		words,
	);
	expect(Math.round(room)).toBeGreaterThanOrEqual(0);
	// It is still there when the page comes anew.
	await page.reload();
	await composer(page, 'general').waitFor();
	await page.getByRole('button', { name: 'Copy what you wrote' }).click();
	await expect(notice(page, 'Copied')).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(THOUGHT);
	await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Dismiss' }).click();
	// There is nothing left to ask about.
	await page.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await expect(page.getByLabel('Name or e-mail')).toBeVisible();
});

test('what one account had written is not offered to the next one', async ({ hub, visit }) => {
	const { page, remove } = await inDoomed(hub, visit, 'babu');
	await composer(page, 'doomed').fill(THOUGHT);
	await remove();
	await expect(page.getByRole('button', { name: 'Copy what you wrote' })).toBeVisible();
	await page.getByRole('region', { name: 'You', exact: true }).getByRole('button').first().click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await page.getByRole('button', { name: 'Sign out and keep it' }).click();
	await signIn(page, 'asha');
	await composer(page, 'general').waitFor();
	await expect(page.getByRole('button', { name: 'Copy what you wrote' })).toHaveCount(0);
});

test('what was on its way to a channel that is deleted meanwhile comes back', async ({ hub, visit }) => {
	const { page, remove } = await inDoomed(hub, visit, 'babu', { permissions: ['clipboard-read', 'clipboard-write'] });
	await page.context().setOffline(true);
	await say(page, 'words for nobody');
	await expect(page.getByText(/message will be sent/)).toBeVisible();
	await remove();
	await page.context().setOffline(false);
	await composer(page, 'general').waitFor();
	await page.getByRole('button', { name: 'Copy what you wrote' }).click();
	await expect(notice(page, 'Copied')).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('words for nobody');
});

test('a channel that went while the page was closed is no dead end', async ({ hub, visit }) => {
	const { page, remove } = await inDoomed(hub, visit, 'babu');
	await remembered(page, 'doomed');
	const later = await page.context().newPage();
	await page.close();
	await remove();
	await later.goto('/app');
	await composer(later, 'general').waitFor();
});

test('a link to a channel that is gone leads out', async ({ hub, visit }) => {
	const { path, remove } = await inDoomed(hub, visit, 'babu');
	await remove();
	const page = await visit();
	await enter(page, 'babu', path);
	await expect(page.getByRole('heading', { name: 'Not here' })).toBeVisible();
	await page.getByRole('link', { name: 'Back to the start' }).click();
	await composer(page, 'general').waitFor();
});

/** Whether the page that says that nothing is here has been shown since. */
async function watchForNotHere(page: Page): Promise<() => Promise<boolean>> {
	await page.evaluate(() => {
		new MutationObserver(() => {
			const isLost = [...document.querySelectorAll('h1')].some(({ textContent }) => textContent === 'Not here');
			if (isLost) document.documentElement.dataset.wasLost = 'true';
		}).observe(document.body, { childList: true, subtree: true });
	});
	return () => page.evaluate(() => document.documentElement.dataset.wasLost === 'true');
}

test('who is removed from their only server begins anew, with what they had written', async ({ hub, visit }) => {
	const { page, asha, babu, server } = await inDoomed(hub, visit, 'babu');
	await composer(page, 'doomed').fill(THOUGHT);
	const wasLost = await watchForNotHere(page);
	await kick(hub, asha, babu, server.id);
	await expect(notice(page, 'You were removed from Neighbours.')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Copy what you wrote' })).toBeVisible();
	await expect(page.getByRole('heading', { level: 1, name: /^Welcome, babu/ })).toBeVisible();
	await expect(page).toHaveURL(/\/app$/);
	expect(await wasLost()).toBe(false);
});

test('who is removed from their only server with a dialog open has the focus at the beginning', async ({ hub, visit }) => {
	const { page, asha, babu, server } = await inDoomed(hub, visit, 'babu');
	await page.keyboard.press('Control+k');
	await page.getByRole('dialog').waitFor();
	await kick(hub, asha, babu, server.id);
	await expect(page.getByRole('heading', { level: 1, name: /^Welcome, babu/ })).toBeFocused();
	await expect(page.getByRole('dialog')).toHaveCount(0);
});

/** Brings whoever was removed back in. */
async function bringBack(hub: TestHub, asha: Account, babu: Account, serverId: string): Promise<void> {
	const invite = await hub.as<{ code: string }>(asha, 'POST', `/api/servers/${serverId}/invites`, {});
	await hub.as(babu, 'POST', `/api/invites/${invite.code}/join`, {});
}

test('who was removed and comes back has their words in the composer, and no notice of them', async ({ hub, visit }) => {
	const { page, asha, babu, server, path } = await inDoomed(hub, visit, 'babu');
	await composer(page, 'doomed').fill(THOUGHT);
	await kick(hub, asha, babu, server.id);
	const offer = page.getByRole('button', { name: 'Copy what you wrote' });
	await expect(offer).toBeVisible();
	await bringBack(hub, asha, babu, server.id);
	await page.getByRole('link', { name: 'Neighbours' }).click();
	await page.getByRole('link', { name: /^doomed/ }).click();
	await expect(composer(page, 'doomed')).toHaveValue(THOUGHT);
	await expect(offer).toHaveCount(0);
	await page.goto(path);
	await expect(composer(page, 'doomed')).toHaveValue(THOUGHT);
});

test('who is removed goes on in another server, from its settings as well', async ({ hub, visit }) => {
	const { page, asha, babu, server } = await inDoomed(hub, visit, 'babu');
	const { path } = await community(hub, asha, [babu], 'Fig tree');
	await page.getByRole('link', { name: 'Fig tree' }).waitFor();
	await page.goto(`/app/s/${server.id}/settings/members`);
	await page.getByRole('heading', { level: 2, name: 'Members', exact: true }).waitFor();
	const wasLost = await watchForNotHere(page);
	await kick(hub, asha, babu, server.id);
	await expect(notice(page, 'You were removed from Neighbours.')).toBeVisible();
	await expect(page).toHaveURL(new RegExp(`${path}$`));
	await composer(page, 'general').waitFor();
	expect(await wasLost()).toBe(false);
});

test('who was removed while they were away is told so, and goes on', async ({ hub, visit }) => {
	const { page, asha, babu, server } = await inDoomed(hub, visit, 'babu');
	const wasLost = await watchForNotHere(page);
	await page.context().setOffline(true);
	await expect(page.getByText('Offline', { exact: true }).first()).toBeVisible();
	await kick(hub, asha, babu, server.id);
	await page.context().setOffline(false);
	await expect(notice(page, 'You are no longer in Neighbours.')).toBeVisible(AFTER_RETRY);
	await expect(page.getByRole('heading', { level: 1, name: /^Welcome, babu/ })).toBeVisible();
	expect(await wasLost()).toBe(false);
});

const BACK_TO_GONE = 'Where you were before is gone, or no longer for you.';

for (const isAnew of [false, true]) {
	const when = isAnew ? ', when the page has come anew as well' : '';
	test(`who goes back to a server that they are not in any more goes on elsewhere${when}`, async ({ hub, visit }) => {
		const { page, asha, babu, server, path } = await inDoomed(hub, visit, 'babu');
		const fig = await community(hub, asha, [babu], 'Fig tree');
		await page.getByRole('link', { name: 'Fig tree' }).click();
		await expect(page).toHaveURL(new RegExp(`${fig.path}$`));
		await composer(page, 'general').waitFor();
		await kick(hub, asha, babu, server.id);
		await expect(notice(page, 'You were removed from Neighbours.')).toBeVisible();
		if (isAnew) {
			await page.reload();
			await composer(page, 'general').waitFor();
		}
		const wasLost = await watchForNotHere(page);
		await page.goBack();
		await expect(notice(page, BACK_TO_GONE)).toBeVisible();
		await expect(page).toHaveURL(new RegExp(`${fig.path}$`));
		await composer(page, 'general').waitFor();
		expect(await wasLost()).toBe(false);
		// A link to it is another matter.
		await page.goto(path);
		await expect(page.getByRole('heading', { name: 'Not here' })).toBeVisible();
	});
}

test('who goes back to a channel that was deleted goes on in its server', async ({ hub, visit }) => {
	const { page, remove } = await inDoomed(hub, visit, 'babu');
	await page.getByRole('link', { name: /^general/ }).click();
	await composer(page, 'general').waitFor();
	await remove();
	await expect(page.getByRole('link', { name: /^doomed/ })).toHaveCount(0);
	const wasLost = await watchForNotHere(page);
	await page.goBack();
	await expect(notice(page, BACK_TO_GONE)).toBeVisible();
	await composer(page, 'general').waitFor();
	expect(await wasLost()).toBe(false);
});

const REST = ' that goes on';

/** Types, goes on while `lose` takes the place away, and once more when `place` has come. */
async function typeOn(page: Page, place: Locator, lose: () => Promise<unknown>): Promise<void> {
	await page.keyboard.type(THOUGHT);
	await lose();
	while (!(await place.isVisible())) await page.keyboard.press('.');
	await page.keyboard.type(REST);
	await page.keyboard.press('Enter');
}

/** What is typed there is nobody's until the reader goes there. */
async function nothingHeard(hub: TestHub, asha: Account, page: Page, channelId: string): Promise<void> {
	const field = page.getByRole('main').getByRole('textbox', { name: /^Message #/ });
	await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
	await expect(field).toHaveValue('');
	const said = await hub.as<{ items: unknown[] }>(asha, 'GET', `/api/channels/${channelId}/messages`);
	expect(said.items).toEqual([]);
	await field.click();
	await page.keyboard.type('here');
	await expect(field).toHaveValue('here');
}

/** What is offered to be copied. */
async function offered(page: Page): Promise<string> {
	await page.getByRole('button', { name: 'Copy what you wrote' }).click();
	await expect(notice(page, 'Copied')).toBeVisible();
	return page.evaluate(() => navigator.clipboard.readText());
}

const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };

test('what is being typed when the channel goes is not said in the next one', async ({ hub, visit }) => {
	const { page, asha, general, remove } = await inDoomed(hub, visit, 'babu', CLIPBOARD);
	await composer(page, 'doomed').click();
	await typeOn(page, composer(page, 'general'), remove);
	await nothingHeard(hub, asha, page, general);
	expect(await offered(page)).toMatch(/^half a thought\.*$/);
});

test('whose channel goes after a press has the heading of the next one, not its composer', async ({ hub, visit }) => {
	const { page, asha, general, remove } = await inDoomed(hub, visit, 'babu');
	await composer(page, 'doomed').click();
	await remove();
	await composer(page, 'general').waitFor();
	await nothingHeard(hub, asha, page, general);
});

test('what is being typed on removal from a server is not said in another', async ({ hub, visit }) => {
	const { page, asha, babu, server } = await inDoomed(hub, visit, 'babu', CLIPBOARD);
	const other = await community(hub, asha, [babu], 'Fig tree');
	await page.getByRole('link', { name: 'Fig tree' }).waitFor();
	await composer(page, 'doomed').click();
	await typeOn(page, composer(page, 'general'), () => kick(hub, asha, babu, server.id));
	await expect(page).toHaveURL(new RegExp(`${other.path}$`));
	await nothingHeard(hub, asha, page, other.channels[0]?.id ?? '');
	expect(await offered(page)).toMatch(/^half a thought\.*$/);
});

test('what is being typed in a dialog on removal from a server is not said in another', async ({ hub, visit }) => {
	const { page, asha, babu, server } = await inDoomed(hub, visit, 'babu');
	const other = await community(hub, asha, [babu], 'Fig tree');
	await page.getByRole('link', { name: 'Fig tree' }).waitFor();
	await page.keyboard.press('Control+k');
	await page.getByRole('dialog').waitFor();
	await typeOn(page, composer(page, 'general'), () => kick(hub, asha, babu, server.id));
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await nothingHeard(hub, asha, page, other.channels[0]?.id ?? '');
});

test('what is being typed about a new channel when the server is deleted elsewhere is offered', async ({ hub, visit }) => {
	const { page, asha, server } = await inDoomed(hub, visit, 'asha', CLIPBOARD);
	await page.getByRole('button', { name: 'Create a channel' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Name').fill('harvest');
	await dialog.getByLabel('Topic').fill('Who brings what on Friday');
	await hub.as(asha, 'DELETE', `/api/servers/${server.id}`);
	await expect(notice(page, 'Neighbours was deleted.')).toBeVisible();
	await expect(dialog).toHaveCount(0);
	expect(await offered(page)).toBe('harvest\n\nWho brings what on Friday');
});

/** Has begun to change what they have written in the doomed channel. */
async function changing(page: Page): Promise<void> {
	await say(page, 'a word');
	await expect(delivered(page)).toHaveCount(1);
	await composer(page, 'doomed').press('ArrowUp');
	await expect(page.getByRole('textbox', { name: 'Edit message' })).toBeFocused();
	await page.keyboard.press('ControlOrMeta+a');
}

for (const isThere of [true, false]) {
	const what = isThere ? 'goes on with it' : 'is offered it when the message is gone';
	test(`who was changing a message on removal and comes back ${what}`, async ({ hub, visit }) => {
		const { page, asha, babu, server, doomed } = await inDoomed(hub, visit, 'babu', CLIPBOARD);
		await changing(page);
		await page.keyboard.type(THOUGHT);
		await kick(hub, asha, babu, server.id);
		const offer = page.getByRole('button', { name: 'Copy what you wrote' });
		await expect(offer).toBeVisible();
		const list = `/api/channels/${doomed}/messages`;
		const { items } = await hub.as<{ items: { id: string }[] }>(asha, 'GET', list);
		if (!isThere) await hub.as(asha, 'DELETE', `${list}/${items[0]?.id}`);
		await bringBack(hub, asha, babu, server.id);
		await page.getByRole('link', { name: 'Neighbours' }).click();
		await page.getByRole('link', { name: /^doomed/ }).click();
		await expect(composer(page, 'doomed')).toHaveValue('');
		if (isThere) {
			await expect(page.getByRole('textbox', { name: 'Edit message' })).toHaveValue(THOUGHT);
			await expect(offer).toHaveCount(0);
		} else {
			await expect(notice(page, 'The message that you were changing in #doomed (Neighbours) was deleted.')).toBeVisible();
			expect(await offered(page)).toBe(THOUGHT);
		}
	});
}

test('what a message is being changed to when the channel goes is not said in the next one', async ({ hub, visit }) => {
	const { page, asha, general, remove } = await inDoomed(hub, visit, 'babu', CLIPBOARD);
	await changing(page);
	await typeOn(page, composer(page, 'general'), remove);
	await nothingHeard(hub, asha, page, general);
	expect(await offered(page)).toMatch(/^half a thought\.*$/);
});

test('what a message is being changed to when it is deleted is not said beside it', async ({ hub, visit }) => {
	const { page, asha, doomed } = await inDoomed(hub, visit, 'babu', CLIPBOARD);
	await changing(page);
	const { items } = await hub.as<{ items: { id: string }[] }>(asha, 'GET', `/api/channels/${doomed}/messages`);
	const remove = () => hub.as(asha, 'DELETE', `/api/channels/${doomed}/messages/${items[0]?.id}`);
	await typeOn(page, page.getByRole('button', { name: 'Copy what you wrote' }), remove);
	await nothingHeard(hub, asha, page, doomed);
	expect(await offered(page)).toMatch(/^half a thought\.*$/);
});
