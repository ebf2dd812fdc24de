import { community, history } from '../support/scenery.ts';
import { enter, expect, test } from '../support/test.ts';

test('unread channels that are out of sight are told of at the edges, and led to', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server, channels } = await community(hub, asha, [babu]);
	const ids = [channels[0]?.id ?? ''];
	for (let n = 1; n <= 40; n++) {
		const made = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: `room-${n}` });
		ids.push(made.id);
	}
	const page = await visit();
	await enter(page, 'babu', path);
	const tree = page.getByRole('tree');
	await expect(tree.getByRole('treeitem')).toHaveCount(41);
	const above = page.getByRole('button', { name: 'More unread above' });
	const below = page.getByRole('button', { name: 'More unread below' });
	await expect(below).toHaveCount(0);

	await history(hub, asha, ids[40] ?? '', ['far down']);
	await below.click();
	const last = tree.getByRole('treeitem', { name: 'room-40, unread' });
	await expect(last).toBeInViewport();
	await expect(below).toHaveCount(0);

	await history(hub, asha, ids[1] ?? '', ['far up']);
	await above.click();
	await expect(tree.getByRole('treeitem', { name: 'room-1, unread' })).toBeInViewport();
	await expect(above).toHaveCount(0);
	// What is read is no longer told of.
	await tree.getByRole('treeitem', { name: /room-1,/ }).getByRole('link').click();
	await below.click();
	await last.getByRole('link').click();
	await page.getByText('far down').waitFor();
	await tree.getByRole('treeitem', { name: 'general' }).scrollIntoViewIfNeeded();
	await expect(below).toHaveCount(0);
});
