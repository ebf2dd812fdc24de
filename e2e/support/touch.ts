import type { Page } from '@playwright/test';

interface Point {
	x: number;
	y: number;
}

/** Draws a finger over the page, as the system reports it. */
export async function swipe(page: Page, from: Point, to: Point): Promise<void> {
	const steps = 6;
	const touch = await fingerOf(page);
	await touch('touchStart', from);
	for (let step = 1; step <= steps; step++) {
		const part = step / steps;
		await touch('touchMove', { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
	}
	await touch('touchEnd');
}

/** Lays a finger down; the answer lifts it. */
export async function press(page: Page, at: Point): Promise<() => Promise<void>> {
	const touch = await fingerOf(page);
	await touch('touchStart', at);
	return () => touch('touchEnd');
}

async function fingerOf(page: Page) {
	const session = await page.context().newCDPSession(page);
	return async (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: Point) => {
		await session.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
	};
}

/** Lays a finger down, waits until `held`, draws it to another place and lifts it. */
export async function drag(page: Page, from: Point, to: Point, held: () => Promise<void>): Promise<void> {
	const steps = 8;
	const touch = await fingerOf(page);
	await touch('touchStart', from);
	await held();
	for (let step = 1; step <= steps; step++) {
		const part = step / steps;
		await touch('touchMove', { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
	}
	await touch('touchEnd');
}
