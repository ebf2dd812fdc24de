import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { Account } from '../support/hub.ts';
import { TestHub } from '../support/hub.ts';
import { community, type ServerState } from '../support/scenery.ts';
import { enter, expect, messages, test } from '../support/test.ts';
import { heapMb, scrollUp, startFrames, stopFrames, switchTo } from './probes.ts';
import { type Figure, report } from './report.ts';

const HISTORY = Number(process.env.PERF_HISTORY ?? 100_000);
const CHANNELS = 20;
const WRITERS = 32;

const figures: Figure[] = [];
let hub: TestHub;
let asha: Account;
let babu: Account;
let server: ServerState & { path: string };
const names = Array.from({ length: CHANNELS }, (_, index) => `room-${String(index).padStart(2, '0')}`);

function figure(what: string, bar: string, measured: string, isMet: boolean): void {
	figures.push({ what, bar, measured, isMet });
}

/** Writes many, several at a time; the order between them does not matter. */
async function fill(channelId: string, count: number, text: (index: number) => string): Promise<void> {
	let next = 0;
	const write = async () => {
		while (next < count) {
			const index = next++;
			await hub.as(babu, 'POST', `/api/channels/${channelId}/messages`, {
				content: text(index),
				nonce: crypto.randomUUID(),
			});
		}
	};
	await Promise.all(Array.from({ length: WRITERS }, write));
}

test.beforeAll(async () => {
	test.setTimeout(900_000);
	const many = Object.fromEntries(
		['SEND', 'WRITE', 'READ', 'ANONYMOUS', 'LOGIN'].map((name) => [`BATTALA_LIMITS_${name}_BURST`, '1000000']),
	);
	hub = await TestHub.start(many);
	asha = await hub.setUp('asha');
	babu = await hub.register('babu');
	server = await community(hub, asha, [babu]);
	for (const name of names) {
		const path = `/api/servers/${server.server.id}/channels`;
		const { id } = await hub.as<{ id: string }>(asha, 'POST', path, { name });
		await fill(id, 60, (index) => `word ${index} in ${name}, as people say it`);
	}
	const lengths = [1, 1, 2, 1, 4, 1, 9];
	const sentence = 'Under the tree somebody tells what the river did last night. ';
	await fill(server.channels[0]?.id ?? '', HISTORY, (index) => sentence.repeat(lengths[index % lengths.length] ?? 1));
});

test.afterAll(async () => {
	await hub.remove();
	const [cpu] = cpus();
	await report(figures, `${cpus().length} cores of ${cpu?.model.trim()}, Chromium without a GPU, ${new Date().toISOString().slice(0, 10)}.`);
});

/** A page of its own for each probe, on the long history. */
async function open(browser: Browser): Promise<Page> {
	const viewport = { width: 1440, height: 900 };
	const page = await browser.newPage({ baseURL: hub.url, viewport, serviceWorkers: 'block' });
	await enter(page, 'asha', server.path);
	await messages(page).last().waitFor();
	return page;
}

test('scrolling', async ({ browser }) => {
	const page = await open(browser);
	await page.getByRole('textbox', { name: /^Message #/ }).press('Escape');
	await expect(page.getByRole('button', { name: /present|new message/ })).toHaveCount(0);
	// The first pages warm code and caches.
	await scrollUp(page, 50, 2000);
	const { p95, max, drift, rows } = await scrollUp(page, 50, 15_000);
	const of = `scrolling up through ${HISTORY.toLocaleString('en')} messages, ${rows} rows passed`;
	figure(`Frame, ${of}: p95`, '≤ 20 ms', `${p95.toFixed(1)} ms`, p95 <= 20);
	figure('– longest frame', '≤ 50 ms', `${max.toFixed(1)} ms`, max <= 50);
	figure('– drift of the rows', '0 px', `${drift.toFixed(1)} px`, drift < 0.5);
});

test('switching and memory', async ({ browser }) => {
	const page = await open(browser);
	for (const name of names) {
		await switchTo(page, name);
	}
	const heap = await heapMb(page);
	figure(`Heap after ${CHANNELS} channels`, '≤ 120 MB', `${heap.toFixed(1)} MB`, heap <= 120);
	const times: number[] = [];
	for (let turn = 0; turn < 200; turn++) {
		times.push(await switchTo(page, names[10 + (turn % 10)] ?? ''));
	}
	const after = await heapMb(page);
	times.sort((a, b) => a - b);
	const median = times[100] ?? 0;
	const p95 = times[190] ?? 0;
	figure('Switch to a cached channel, press to frame: median', '≤ 50 ms', `${median.toFixed(0)} ms (p95 ${p95.toFixed(0)})`, median <= 50);
	const growth = after - heap;
	figure('– growth of the heap over 200 switches', 'none (≤ 2 MB)', `${growth.toFixed(1)} MB`, growth <= 2);
});

test('a burst', async ({ browser }) => {
	const page = await open(browser);
	const channelId = server.channels[0]?.id ?? '';
	await startFrames(page);
	const began = Date.now();
	const sent: Promise<unknown>[] = [];
	for (let index = 0; index < 1000; index++) {
		const wait = began + index * 10 - Date.now();
		if (wait > 0) {
			await new Promise((wake) => setTimeout(wake, wait));
		}
		const body = { content: `burst ${index}`, nonce: crypto.randomUUID() };
		sent.push(hub.as(babu, 'POST', `/api/channels/${channelId}/messages`, body));
	}
	await Promise.all(sent);
	const { p95, max } = await stopFrames(page);
	const what = `Longest frame under 100 messages/s for ${((Date.now() - began) / 1000).toFixed(0)} s`;
	figure(what, '≤ 50 ms', `${max.toFixed(1)} ms (p95 ${p95.toFixed(1)})`, max <= 50);
});

test('sizes', () => {
	const web = resolve(import.meta.dirname, '../../web');
	let lines: string;
	try {
		lines = execFileSync('node', ['scripts/budget.mjs'], { cwd: web, encoding: 'utf8' });
	} catch (error) {
		lines = String((error as { stdout?: string }).stdout);
	}
	const label: Record<string, string> = {
		'sign-in': 'JavaScript before sign-in, gzip (`make test-budget`)',
		'first chat': 'JavaScript to the first chat, gzip (`make test-budget`)',
		'all styles': 'CSS, gzip (`make test-budget`)',
	};
	for (const [, name = '', size, limit] of lines.matchAll(/^(sign-in|first chat|all styles) +([\d.]+) kB of (\d+)/gm)) {
		figure(label[name] ?? name, `≤ ${limit} kB`, `${size} kB`, Number(size) <= Number(limit));
	}
});

for (const preset of ['mobile', 'desktop'] as const) {
	test(`Lighthouse, ${preset}`, () => {
		const cli = join(dirname(createRequire(import.meta.url).resolve('lighthouse/package.json')), 'cli/index.js');
		const flags = ['--headless=new', '--no-sandbox', '--disable-gpu'].join(' ');
		const args = [cli, `${hub.url}/login`, '--output=json', '--quiet', `--chrome-flags=${flags}`];
		args.push('--only-categories=performance,accessibility,best-practices');
		if (preset === 'desktop') {
			args.push('--preset=desktop');
		}
		const env = { ...process.env, CHROME_PATH: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' };
		const out = execFileSync('node', args, { env, encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'ignore'] });
		const { categories } = JSON.parse(out) as { categories: Record<string, { score: number }> };
		const scores = ['performance', 'accessibility', 'best-practices'].map((id) => Math.round((categories[id]?.score ?? 0) * 100));
		const isMet = (scores[0] ?? 0) >= 95 && scores[1] === 100 && (scores[2] ?? 0) >= 95;
		figure(`Lighthouse of the sign-in page, ${preset}: performance / accessibility / best practices`, '≥ 95 / 100 / ≥ 95', scores.join(' / '), isMet);
	});
}
