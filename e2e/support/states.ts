import type { Page } from '@playwright/test';
import { enter, messages } from './test.ts';
import type { Village } from './village.ts';

/** A place or moment of the client that has a name, for audits and pictures. */
export interface State {
	name: string;
	/** Who looks; a fresh browser without it. */
	as?: 'asha' | 'babu' | 'haru';
	/** The address to open. */
	at: (village: Village) => string;
	/** What is done there; it ends when the state is on the screen. */
	act?: (page: Page, village: Village) => Promise<void>;
	/** Puts back what outlives the page. */
	undo?: (page: Page, village: Village) => Promise<void>;
	/** Narrow layouts do not have it, or only they do. */
	only?: 'wide' | 'narrow';
}

/** The states that a layout of this width has. */
export function statesAt(members: State[], widthPx: number): State[] {
	const layout = widthPx >= 1280 ? 'wide' : 'narrow';
	return members.filter(({ only }) => only === undefined || only === layout);
}

const general = (village: Village) => village.channel.general ?? '';
const at = (path: string) => () => path;
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const dialog = (page: Page) => page.getByRole('dialog');
/** On a phone it is a sheet of buttons. */
const menu = (page: Page) => page.getByRole('menu').or(dialog(page));
const item = (page: Page, name: string) =>
	page.getByRole('menuitem', { name }).or(dialog(page).getByRole('button', { name }));

async function serverMenu(page: Page, wanted?: string): Promise<void> {
	// On a narrow screen a notice lies over it, and stays while the pointer waits there.
	const dismiss = page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Dismiss' }).first();
	await page.addLocatorHandler(dismiss, (it) => it.click());
	await button(page, 'Menu of Neighbours').click();
	await page.removeLocatorHandler(dismiss);
	await menu(page).waitFor();
	if (wanted) {
		await item(page, wanted).click();
	}
}

async function showMembers(page: Page): Promise<void> {
	await messages(page).last().waitFor();
	await button(page, 'Show members').click();
	await dialog(page).getByRole('button', { name: /Esha/ }).waitFor();
}

const serverOf = (village: Village, name: string) => `/app/s/${village.server[name]}`;
const home = (village: Village) => `/app/s/${village.neighbours.server.id}`;

/** Asha's last message in #general says something else, or what it said at first. */
async function rewrite({ hub, asha, channel }: Village, text?: string): Promise<void> {
	const list = `/api/channels/${channel.general?.split('/').at(-1)}/messages`;
	const { items } = await hub.as<Written>(asha, 'GET', `${list}?limit=100`);
	const last = items.findLast(({ author }) => author.username === 'asha');
	if (!last) {
		throw new Error('Asha has written nothing');
	}
	firstWords ??= last.content;
	await hub.as(asha, 'PATCH', `${list}/${last.id}`, { content: text ?? firstWords });
}

type Written = { items: { id: string; content: string; author: { username: string } }[] };
let firstWords: string | undefined;

const before: State[] = [
	{ name: 'sign-in', at: at('/login') },
	{
		name: 'sign-in refused',
		at: at('/login'),
		act: async (page) => {
			await page.getByLabel('Name or e-mail').fill('asha');
			await page.getByLabel('Password', { exact: true }).fill('not the password');
			await page.getByRole('button', { name: 'Sign in', exact: true }).click();
			await page.getByRole('alert').waitFor();
		},
	},
	{ name: 'registration', at: at('/register') },
	{
		name: 'registration with faults',
		at: at('/register'),
		act: async (page) => {
			await page.getByLabel('Name', { exact: true }).fill('a b');
			await page.getByLabel('Password', { exact: true }).fill('short');
			await page.getByRole('button', { name: 'Create an account' }).click();
			await page.getByText(/Use only a–z/).waitFor();
		},
	},
	{ name: 'invite', at: (village) => village.invite },
	{ name: 'invite gone', at: at('/invite/nothing1') },
	{ name: 'password reset', at: at('/reset#token=abc') },
];

const chat: State[] = [
	{ name: 'first steps', as: 'haru', at: at('/app'), act: (page) => page.getByRole('heading', { name: /^Welcome/ }).waitFor() },
	{ name: 'chat', as: 'asha', at: general, act: (page) => messages(page).last().waitFor() },
	{ name: 'chat of a member', as: 'babu', at: general, act: (page) => messages(page).last().waitFor() },
	{
		name: 'hovered message',
		as: 'asha',
		at: general,
		only: 'wide',
		act: async (page) => {
			await messages(page).last().hover();
			await button(page, 'Delete message').last().waitFor();
		},
	},
	{
		name: 'edit',
		as: 'asha',
		at: general,
		act: async (page) => {
			await messages(page).last().waitFor();
			await page.getByRole('textbox', { name: /^Message #/ }).press('ArrowUp');
			await page.getByRole('textbox', { name: 'Edit message' }).waitFor();
		},
	},
	{
		name: 'edit changed meanwhile',
		as: 'asha',
		at: general,
		act: async (page, village) => {
			await messages(page).last().waitFor();
			await page.getByRole('textbox', { name: /^Message #/ }).press('ArrowUp');
			await page.getByRole('textbox', { name: 'Edit message' }).fill('Then it is Friday at six, by the well.');
			await rewrite(village, 'Then it is **Friday at seven**. Bring a lamp.');
			await button(page, 'Keep mine').waitFor();
		},
		undo: async (page, village) => {
			await page.getByRole('textbox', { name: 'Edit message' }).press('Escape');
			await rewrite(village);
		},
	},
	{
		name: 'draft too long',
		as: 'asha',
		at: general,
		act: async (page) => {
			await page.getByRole('textbox', { name: /^Message #/ }).fill('long '.repeat(900));
			await page.getByText(/too long/).first().waitFor();
		},
	},
	{ name: 'empty channel', as: 'asha', at: (village) => village.channel['quiet-corner'] ?? '', act: (page) => page.getByText('This is the start of').waitFor() },
	{ name: 'not here', as: 'asha', at: at('/app/s/1/2'), act: (page) => page.getByRole('heading', { name: 'Not here' }).waitFor() },
	{
		name: 'new server',
		as: 'asha',
		at: (village) => serverOf(village, 'Book circle'),
		act: (page) => page.getByRole('region', { name: 'First steps' }).waitFor(),
	},
	{
		name: 'unread below',
		as: 'asha',
		at: (village) => serverOf(village, 'Allotments'),
		act: (page) => button(page, 'More unread below').waitFor(),
	},
	{
		name: 'offline',
		as: 'babu',
		at: general,
		act: async (page) => {
			await messages(page).last().waitFor();
			await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
			await page.context().setOffline(true);
			await page.getByText('Offline', { exact: true }).first().waitFor();
		},
		undo: (page) => page.context().setOffline(false),
	},
	{
		// The last of those without a session: whoever joins has one from then on.
		name: 'just joined',
		at: (village) => village.footballInvite,
		act: async (page, village) => {
			const username = `ila${Date.now()}`;
			await village.hub.register(username, 'Ila');
			await enter(page, username, village.footballInvite);
			await page.getByRole('button', { name: 'Join', exact: true }).click();
			const welcome = page.getByText('Welcome to Sunday football.');
			const list = page.getByRole('tree');
			await welcome.or(list).first().waitFor();
			if (!(await welcome.isVisible())) {
				await list.getByText('general').click();
			}
			await welcome.waitFor();
		},
	},
	{ name: 'channel list', as: 'asha', at: home, act: (page) => page.getByRole('tree').waitFor() },
];

const overlays: State[] = [
	{ name: 'server menu', as: 'asha', at: home, act: (page) => serverMenu(page) },
	{
		name: 'invite dialog',
		as: 'asha',
		at: home,
		act: async (page) => {
			await serverMenu(page, 'Invite people');
			await dialog(page).getByLabel('Invite link').waitFor();
		},
	},
	{
		name: 'create channel',
		as: 'asha',
		at: home,
		act: async (page) => {
			await serverMenu(page, 'Create a channel');
			await dialog(page).getByLabel('Name').waitFor();
		},
	},
	{
		name: 'delete server',
		as: 'asha',
		at: home,
		act: async (page) => {
			await serverMenu(page, 'Delete the server');
			await page.getByRole('alertdialog').waitFor();
		},
	},
	{
		name: 'channel menu',
		as: 'asha',
		at: home,
		act: async (page) => {
			await page.getByRole('treeitem', { name: /repairs/ }).click({ button: 'right' });
			await menu(page).waitFor();
		},
	},
	{
		name: 'message menu',
		as: 'asha',
		at: general,
		act: async (page) => {
			await messages(page).last().click({ button: 'right' });
			await menu(page).waitFor();
		},
	},
	{
		name: 'delete message',
		as: 'asha',
		at: general,
		act: async (page) => {
			await messages(page).last().press('Delete');
			await page.getByRole('alertdialog').waitFor();
		},
	},
	{
		name: 'add a server',
		as: 'asha',
		at: home,
		act: async (page) => {
			await button(page, 'Create or join a server').click();
			await dialog(page).waitFor();
		},
	},
	{
		name: 'status menu',
		as: 'asha',
		at: home,
		act: async (page) => {
			await page.getByRole('region', { name: 'You' }).getByRole('button').first().click();
			await menu(page).waitFor();
		},
	},
	{
		name: 'quick switcher',
		as: 'asha',
		at: general,
		act: async (page) => {
			await messages(page).last().waitFor();
			await page.keyboard.press('Control+k');
			await dialog(page).getByRole('combobox').fill('r');
			await dialog(page).getByRole('option').first().waitFor();
		},
	},
	{
		name: 'keyboard map',
		as: 'asha',
		at: general,
		act: async (page) => {
			await messages(page).last().waitFor();
			await page.keyboard.press('Control+/');
			await dialog(page).waitFor();
		},
	},
	{
		name: 'profile card',
		as: 'asha',
		at: general,
		only: 'wide',
		act: async (page) => {
			const members = page.getByRole('complementary', { name: 'Members' });
			await members.getByRole('button', { name: /Esha/ }).click();
			await dialog(page).waitFor();
		},
	},
	{ name: 'members', as: 'asha', at: general, only: 'narrow', act: showMembers },
	{
		name: 'profile of a member',
		as: 'asha',
		at: general,
		only: 'narrow',
		act: async (page) => {
			await showMembers(page);
			await dialog(page).getByRole('button', { name: /Esha/ }).click();
			await page.getByRole('dialog', { name: /Esha/ }).waitFor();
		},
	},
	{
		name: 'unsaved changes',
		as: 'asha',
		at: at('/app/settings/profile'),
		act: async (page) => {
			await page.getByLabel('Display name').fill('Asha of the tree');
			await page.getByText('Unsaved changes').waitFor();
			await page.keyboard.press('Escape');
			await page.getByRole('alertdialog').waitFor();
		},
	},
];

const settings: State[] = [
	{
		name: 'settings list',
		as: 'asha',
		at: at('/app/settings'),
		act: (page) => page.getByRole('navigation', { name: 'Pages of the settings' }).waitFor(),
	},
	...['profile', 'account', 'sessions', 'appearance', 'language', 'keyboard', 'about', 'hub', 'users'].map(
		(tab): State => ({
			name: `settings ${tab}`,
			as: 'asha',
			at: at(`/app/settings/${tab}`),
			act: (page) => page.getByRole('main').getByRole('heading').first().waitFor(),
		}),
	),
	{
		name: 'settings changed',
		as: 'asha',
		at: at('/app/settings/profile'),
		act: async (page) => {
			await page.getByLabel('Display name').fill('Asha of the tree');
			await page.getByText('Unsaved changes').waitFor();
		},
	},
	{
		name: 'settings disputed',
		as: 'asha',
		at: (village) => `${serverOf(village, 'Book circle')}/settings/overview`,
		act: async (page, village) => {
			await page.getByLabel('Name of the server').fill('Readers under the tree');
			await renameBooks(village, 'Reading circle');
			await button(page, 'Theirs: Reading circle').waitFor();
		},
		undo: (_page, village) => renameBooks(village, 'Book circle'),
	},
	...['overview', 'channels', 'invites', 'members'].map(
		(tab): State => ({
			name: `server ${tab}`,
			as: 'asha',
			at: (village) => `${home(village)}/settings/${tab}`,
			act: (page) => page.getByRole('main').getByRole('heading').first().waitFor(),
		}),
	),
];

async function renameBooks({ hub, server }: Village, name: string): Promise<void> {
	await hub.as(await hub.signIn('asha'), 'PATCH', `/api/servers/${server['Book circle']}`, { name });
}

/** All of them, in the order in which one meets them. */
export const states: { screens: State[]; overlays: State[]; settings: State[] } = {
	screens: [...before, ...chat],
	overlays,
	settings,
};
