import type { Page } from '@playwright/test';

/** Times between frames, in ms. */
export interface Frames {
	p95: number;
	max: number;
	count: number;
}

/** What scrolling did. */
export interface Scroll extends Frames {
	/**
	 * The farthest that a row moved other than by the scrolling, in px; the height of the view when
	 * one was carried out of it.
	 */
	drift: number;
	/** How many rows came by. */
	rows: number;
}

/** Scrolls up through the history at `pxPerFrame` and watches one row after the other. */
export function scrollUp(page: Page, pxPerFrame: number, forMs: number, rowsMin = 0): Promise<Scroll> {
	return page.evaluate(
		async ([step, duration, enough]) => {
			const list = document.getElementById('messages');
			const scroller = list?.parentElement;
			if (!list || !scroller) throw new Error('no list');
			/** The time of a frame, told after it was painted: what no one saw did not jump. */
			const frame = () =>
				new Promise<number>((done) => {
					requestAnimationFrame((now) => {
						const { port1, port2 } = new MessageChannel();
						port1.onmessage = () => done(now);
						port2.postMessage(null);
					});
				});
			const seen = new Set<string>();
			const rowInTheMiddle = () => {
				const middle = scroller.getBoundingClientRect().top + scroller.clientHeight / 2;
				return [...list.children].find((row) => row.getBoundingClientRect().bottom > middle) as HTMLElement | undefined;
			};
			const times: number[] = [];
			let drift = 0;
			let before = await frame();
			const began = before;
			while (before - began < duration || seen.size < enough) {
				const row = rowInTheMiddle();
				const top = row?.getBoundingClientRect().top ?? 0;
				const moved = Math.min(step, scroller.scrollTop);
				scroller.scrollTop -= moved;
				const now = await frame();
				times.push(now - before);
				before = now;
				if (!row?.dataset.key) continue;
				seen.add(row.dataset.key);
				const after = list.querySelector(`[data-key="${row.dataset.key}"]`);
				if (!after) {
					drift = Math.max(drift, scroller.clientHeight);
					continue;
				}
				const by = after.getBoundingClientRect().top - top;
				// A step that coincides with a new page may come to nothing: that halts, and moves nothing.
				drift = Math.max(drift, Math.min(Math.abs(by - moved), Math.abs(by)));
			}
			times.sort((a, b) => a - b);
			return {
				p95: times[Math.floor(times.length * 0.95)] ?? 0,
				max: times.at(-1) ?? 0,
				count: times.length,
				drift,
				rows: seen.size,
			};
		},
		[pxPerFrame, forMs, rowsMin] as const,
	);
}

/** Begins to time frames; the answer is there when `stopFrames` is called. */
export async function startFrames(page: Page): Promise<void> {
	await page.evaluate(() => {
		const times: number[] = [];
		Object.assign(window, { perfFrames: times });
		let before = performance.now();
		const next = (now: number) => {
			times.push(now - before);
			before = now;
			requestAnimationFrame(next);
		};
		requestAnimationFrame(next);
	});
}

export function stopFrames(page: Page): Promise<Frames> {
	return page.evaluate(() => {
		const times = [...(window as unknown as { perfFrames: number[] }).perfFrames].slice(1).sort((a, b) => a - b);
		return { p95: times[Math.floor(times.length * 0.95)] ?? 0, max: times.at(-1) ?? 0, count: times.length };
	});
}

/** Presses the channel in the list; ms until the frame after its messages are there. */
export function switchTo(page: Page, name: string): Promise<number> {
	return page.evaluate(async (wanted) => {
		const links = [...document.querySelectorAll<HTMLElement>('[role=treeitem] a')];
		const link = links.find((one) => one.textContent?.trim() === wanted);
		if (!link) throw new Error(`no channel ${wanted}`);
		const began = performance.now();
		link.click();
		const isThere = () =>
			document.querySelector('h1')?.textContent?.includes(wanted) &&
			document.querySelector('#messages article')?.textContent?.includes(`in ${wanted}`);
		while (!isThere()) {
			if (performance.now() - began > 10_000) throw new Error(`${wanted} does not come`);
			await new Promise((done) => requestAnimationFrame(done));
		}
		return performance.now() - began;
	}, name);
}

/** Live bytes of the page's heap. */
export async function heapMb(page: Page): Promise<number> {
	const session = await page.context().newCDPSession(page);
	await session.send('HeapProfiler.collectGarbage');
	const { usedSize } = await session.send('Runtime.getHeapUsage');
	await session.detach();
	return usedSize / 1e6;
}
