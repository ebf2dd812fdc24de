import type { Page } from '@playwright/test';
import { community } from '../support/scenery.ts';
import { AFTER_RETRY, delivered, enter, expect, messages, remembered, say, test } from '../support/test.ts';

const SENTENCE = 'The hub cannot store anything right now. What you write is kept here and sent later.';

/** Answers for a hub whose database is away, until told otherwise. */
async function withoutDatabase(page: Page): Promise<() => void> {
	let isAway = true;
	const refusal = { code: 'unavailable', message: 'the hub cannot reach its database right now', retry_after_ms: 1000 };
	await page.routeWebSocket(/socket\.io/, (socket) => {
		const hub = socket.connectToServer();
		socket.onMessage((message) => {
			const command = /^42(\d+)\["message_send"/.exec(String(message));
			if (command && isAway) socket.send(`43${command[1]}[${JSON.stringify({ error: refusal })}]`);
			else hub.send(message);
		});
	});
	await page.route('**/readyz', (route) =>
		isAway ? route.fulfill({ status: 503, contentType: 'application/problem+json', json: { ...refusal, title: 'away' } }) : route.continue(),
	);
	return () => {
		isAway = false;
	};
}

test('while the database is away one bar says so, and what is written goes out afterwards', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path } = await community(hub, asha, [babu]);
	const [writer, reader] = [await visit(), await visit()];
	const back = await withoutDatabase(writer);
	await enter(writer, 'asha', path);
	await enter(reader, 'babu', path);

	await say(writer, 'number one');
	const bar = writer.getByRole('main').getByText(SENTENCE);
	await expect(bar).toBeVisible();
	await expect(writer.getByRole('main').getByText('Will be sent when the hub can store it')).toBeVisible();
	await say(writer, 'number two');
	await writer.reload();
	await expect(messages(writer).filter({ hasText: 'number' })).toHaveText([/number one/, /number two/]);
	await expect(bar).toBeVisible();

	back();
	await expect(bar).toHaveCount(0, AFTER_RETRY);
	for (const page of [reader, writer]) {
		await expect(messages(page).filter({ hasText: 'number' })).toHaveText(
			[/number one(?!.*Will be sent)/s, /number two(?!.*Will be sent)/s],
			AFTER_RETRY,
		);
	}
});

test('a page that is opened while the database is away says so, and goes on as soon as it is back', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const { path } = await community(hub, asha, []);
	const page = await visit();
	let isAway = true;
	// Nobody would ask again by themselves before the day is over.
	const refusal = { code: 'unavailable', title: 'away', retry_after_ms: 86_400_000 };
	for (const address of ['**/readyz', '**/api/auth/refresh']) {
		await page.route(address, (route) => (isAway ? route.fulfill({ status: 503, contentType: 'application/problem+json', json: refusal }) : route.continue()));
	}
	const main = page.getByRole('main');

	// The first time there is nothing to show, and nothing was written here.
	await enter(page, 'asha', path);
	await expect(main.getByRole('heading', { name: 'The hub cannot store anything right now.' })).toBeVisible();
	await expect(main.getByText('The hub is there, but its database is not.')).toBeVisible();
	isAway = false;
	await say(page, 'number one');
	await expect(delivered(page)).toHaveText([/number one/]);

	await remembered(page, 'number one');
	isAway = true;
	await page.reload();
	await expect(main.getByText(SENTENCE)).toBeVisible();
	await say(page, 'number two');
	isAway = false;
	await expect(main.getByText(SENTENCE)).toHaveCount(0, AFTER_RETRY);
	await expect(delivered(page).filter({ hasText: 'number two' })).toHaveCount(1, AFTER_RETRY);
});
