import { community } from '../support/scenery.ts';
import { delivered, expect, messages, notice, say, signIn, test } from '../support/test.ts';

test('a channel is made, renamed, reordered and deleted before the eyes of another member', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path } = await community(hub, asha, [babu]);
	const [owner, member] = [await visit(), await visit()];
	await signIn(owner, 'asha');
	await signIn(member, 'babu');
	await Promise.all([owner.goto(path), member.goto(path)]);
	const channels = member.getByRole('navigation', { name: 'Channels' });

	await owner.getByRole('button', { name: 'Menu of Neighbours' }).click();
	await owner.getByRole('menuitem', { name: 'Create a channel' }).click();
	await owner.getByRole('dialog').getByLabel('Name').fill('Off Topic');
	await owner.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
	await expect(channels.getByRole('treeitem', { name: /off-topic/ })).toBeVisible();
	await expect(owner.getByRole('heading', { level: 1, name: /# ?off-topic/ })).toBeVisible();

	await owner.getByRole('button', { name: 'Menu of #off-topic' }).click();
	await owner.getByRole('menuitem', { name: 'Move up' }).click();
	await expect(channels.getByRole('treeitem')).toHaveText([/off-topic/, /general/]);

	await owner.getByRole('button', { name: 'Menu of #off-topic' }).click();
	await owner.getByRole('menuitem', { name: 'Delete channel' }).click();
	await owner.getByRole('alertdialog').getByRole('button', { name: 'Delete channel' }).click();
	await expect(channels.getByRole('treeitem')).toHaveText([/general/]);
});

test('someone who is removed loses the server at once and keeps a clear page', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	const member = await visit();
	await signIn(member, 'babu');
	await member.goto(path);
	await say(member, 'hello');
	await expect(delivered(member)).toHaveCount(1);
	const me = await hub.as<{ id: string }>(babu, 'GET', '/api/users/@me');
	await hub.as(asha, 'DELETE', `/api/servers/${server.id}/members/${me.id}`);
	await expect(notice(member, 'You were removed from Neighbours.')).toBeVisible();
	await expect(messages(member)).toHaveCount(0);
	await member.goto(path);
	await expect(member.getByRole('heading', { name: 'Not here' })).toBeVisible();
});

test('presence follows the last of several tabs, and unread marks show in the other channel', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	await hub.as(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'news' });
	const watcher = await visit();
	await signIn(watcher, 'asha');
	await watcher.goto(path);
	const members = watcher.getByRole('complementary', { name: 'Members' });
	await expect(members.getByText(/Offline – 1/)).toBeVisible();

	const first = await visit();
	await signIn(first, 'babu');
	const second = await first.context().newPage();
	await second.goto(path);
	await expect(members.getByText(/Online – 2/)).toBeVisible();
	await first.close();
	await second.getByRole('treeitem', { name: /news/ }).click();
	// Until it has opened, the composer is that of the channel before.
	await second.getByRole('textbox', { name: 'Message #news' }).waitFor();
	await say(second, 'fresh from the well');
	await expect(watcher.getByRole('treeitem', { name: /news, unread/ })).toBeVisible();
	await expect(members.getByText(/Online – 2/)).toBeVisible();
	await second.close();
	await expect(members.getByText(/Offline – 1/)).toBeVisible();
});

test('a server is left, and deleted by its owner', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path } = await community(hub, asha, [babu]);
	const [owner, member] = [await visit(), await visit()];
	await signIn(owner, 'asha');
	await signIn(member, 'babu');
	await Promise.all([owner.goto(path), member.goto(path)]);
	// Who is not there yet is not told, but finds it gone.
	await member.getByRole('textbox', { name: /^Message #/ }).waitFor();
	await owner.getByRole('button', { name: 'Menu of Neighbours' }).click();
	await owner.getByRole('menuitem', { name: 'Delete the server' }).click();
	const dialog = owner.getByRole('alertdialog');
	await expect(dialog.getByRole('button', { name: 'Delete the server' })).toBeDisabled();
	await dialog.getByRole('textbox').fill('Neighbours');
	await dialog.getByRole('button', { name: 'Delete the server' }).click();
	await expect(notice(member, 'Neighbours was deleted.')).toBeVisible();
	await expect(owner.getByRole('heading', { name: /^Welcome, asha/ })).toBeVisible();
});
