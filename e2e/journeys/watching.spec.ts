import { community } from '../support/scenery.ts';
import { enter, expect, messages, test } from '../support/test.ts';

test('of a channel that was not opened its mark comes, and what is said in those that were comes whole', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, server } = await community(hub, asha, [babu]);
	const side = await hub.as<{ id: string }>(asha, 'POST', `/api/servers/${server.id}/channels`, { name: 'side' });
	const say = (content: string) =>
		hub.as(asha, 'POST', `/api/channels/${side.id}/messages`, { content, nonce: content.replaceAll(' ', '-') });
	const page = await visit();
	const heard: string[] = [];
	page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(payload.toString())));
	const cameWhole = (content: string) =>
		heard.some((frame) => frame.includes('"message_created"') && frame.includes(content));
	const inList = (name: string) => page.getByRole('treeitem', { name, exact: true });
	await enter(page, 'babu', path);
	await expect(inList('side')).toBeVisible();

	await say('said while nobody looked');
	await expect(inList('side, unread')).toBeVisible();
	await page.getByRole('link', { name: 'side, unread' }).click();
	await expect(messages(page)).toHaveText([/said while nobody looked/]);
	expect(cameWhole('said while nobody looked')).toBe(false);
	await say('said while it is open');
	await expect(messages(page)).toHaveCount(2);
	expect(cameWhole('said while it is open')).toBe(true);

	// Its window is kept, and goes on.
	await page.getByRole('link', { name: 'general', exact: true }).click();
	await expect(messages(page)).toHaveCount(0);
	await say('said beside it');
	await expect(inList('side, unread')).toBeVisible();
	await expect.poll(() => cameWhole('said beside it')).toBe(true);
	await page.reload();
	await page.getByRole('link', { name: 'side, unread' }).click();
	await say('said after a reload');
	await expect(messages(page)).toHaveText([/nobody looked/, /is open/, /beside it/, /after a reload/]);
	await expect.poll(() => cameWhole('said after a reload')).toBe(true);
});
