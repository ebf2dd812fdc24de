import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

interface Violation {
	id: string;
	nodes: { target: unknown[]; failureSummary?: string }[];
}

interface Axe {
	run(context: Document, options: object): Promise<{ violations: Violation[] }>;
}

/** What axe finds against WCAG 2.2 AA and its best practices on the page as it is, one line each. */
export async function axeFaults(page: Page): Promise<string[]> {
	await settled(page);
	// Through the debugger: the hub's policy lets no other script in.
	await page.evaluate(`window.axe || (() => { ${AXE} })()`);
	const violations = await page.evaluate(async (values) => {
		const { axe } = window as unknown as { axe: Axe };
		const runOnly = { type: 'tag', values };
		// Menus open beside the page's landmarks, as their pattern has it.
		const rules: Record<string, { enabled: boolean }> = { region: { enabled: false } };
		// There the system chooses the colours, and axe still reads ours.
		if (matchMedia('(forced-colors: active)').matches) {
			rules['color-contrast'] = { enabled: false };
		}
		const options = { runOnly, rules, resultTypes: ['violations'] };
		return (await axe.run(document, options)).violations;
	}, TAGS);
	return violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary?.replaceAll('\n', ' ')}`),
	);
}

/** Controls that are smaller than `minPx` in one direction; links inside of a text may be. */
export async function smallTargets(page: Page, minPx: number): Promise<string[]> {
	await settled(page);
	return page.evaluate((min) => {
		const roles = ['button', 'menuitem', 'menuitemradio', 'option', 'treeitem', 'tab', 'switch', 'radio', 'checkbox'];
		const selector = ['a[href]', 'button', 'input', 'select', 'textarea', ...roles.map((role) => `[role=${role}]`)].join();
		const isShown = (element: Element) =>
			element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }) &&
			!element.closest('[inert],[aria-hidden=true]');
		/** A label is a target of its control, too: the larger of them counts. */
		const areaOf = (element: Element) => {
			const labels = [...((element as HTMLInputElement).labels ?? [])];
			const boxes = [element, ...labels].map((one) => one.getBoundingClientRect());
			const area = ({ width, height }: DOMRect) => Math.min(width, height);
			return boxes.reduce((best, box) => (area(box) > area(best) ? box : best));
		};
		/** WCAG 2.5.8 leaves out what stands in a sentence. */
		const isInText = (element: Element) =>
			getComputedStyle(element).display === 'inline' ||
			[...(element.parentNode?.childNodes ?? [])].some(({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim());
		const faults: string[] = [];
		for (const element of document.querySelectorAll(selector)) {
			if (!isShown(element) || isInText(element)) continue;
			const { width, height } = areaOf(element);
			// Out of sight until they get the focus: skip links.
			if (width <= 1 || height <= 1 || element.getBoundingClientRect().bottom <= 0) continue;
			if (width + 0.5 < min || height + 0.5 < min) {
				const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40);
				faults.push(`${element.tagName.toLowerCase()} "${name}" is ${width.toFixed(0)}×${height.toFixed(0)} px`);
			}
		}
		return faults;
	}, minPx);
}

/** What can be moved sideways, the page or a part of it: nobody should need to, but in code. */
export async function sidewaysScroll(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const isPane = (element: Element) =>
			element === document.documentElement || ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
		return [...document.querySelectorAll('html, div, main, nav, aside, section, ul, ol, form')]
			.filter((element) => isPane(element) && element.scrollWidth > element.clientWidth + 1)
			.map((element) => {
				const { tagName, id, className, scrollWidth, clientWidth } = element;
				return `${tagName.toLowerCase()} ${id || className} is ${scrollWidth} px wide where ${clientWidth} are seen`;
			});
	});
}

/** Tabs through the page; stops whose focus cannot be seen. */
export async function invisibleFocus(page: Page, stopsMax = 25): Promise<string[]> {
	const faults = new Set<string>();
	await page.locator('body').evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
	for (let stop = 0; stop < stopsMax; stop++) {
		await page.keyboard.press('Tab');
		const seen = await page.evaluate(() => {
			const element = document.activeElement;
			if (!element || element === document.body) return 'end';
			// Where a dialog turns the focus round; nobody stays there.
			if (element.hasAttribute('data-radix-focus-guard')) return 'visible';
			const isRinged = (one: Element | null) => {
				if (!one) return false;
				const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
				return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && !outlineColor.endsWith(', 0)');
			};
			// A field may wear the ring around itself and its buttons.
			const frame = [element, element.parentElement, element.parentElement?.parentElement ?? null];
			if (frame.some(isRinged)) return 'visible';
			const name = element.getAttribute('aria-label') ?? element.id ?? element.textContent?.slice(0, 40);
			return `${element.tagName.toLowerCase()} "${name}" does not show its focus`;
		});
		if (seen === 'end') break;
		if (seen !== 'visible') faults.add(seen);
	}
	return [...faults];
}

/** Waits until nothing that ends is still moving. */
async function settled(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const isEnding = (animation: Animation) => animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY;
		const ending = document.getAnimations().filter((animation) => isEnding(animation));
		await Promise.allSettled(ending.map((animation) => animation.finished));
	});
}

/** Names of what moves, grows or turns, from the next page on; `moved` tells which did. */
export async function watchMotion(page: Page): Promise<{ moved: () => Promise<string[]> }> {
	await page.addInitScript(() => {
		const seen = new Set<string>();
		Object.assign(window, { moved: seen });
		const still = new Set(['opacity', 'color', 'background-color', 'border-color', 'outline-color', 'visibility']);
		const note = (animation: Animation) => {
			const { effect } = animation;
			if (!(effect instanceof KeyframeEffect)) return;
			const name = animation instanceof CSSAnimation ? animation.animationName : animation.id;
			const ways = effect.getKeyframes().map(({ offset, computedOffset, easing, composite, ...way }) => way);
			for (const property of new Set(ways.flatMap((way) => Object.keys(way)))) {
				const kebab = property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
				const isIdle = ways.every((way) => ['none', undefined].includes(neutral(String(way[property] ?? 'none'))));
				if (!still.has(kebab.replace(/border-\w+-color/, 'border-color')) && !isIdle) seen.add(`${name || 'transition'}: ${kebab}`);
			}
		};
		const neutral = (value: string) => (/^(?:none|scale\(1\)|translate[XY]?\(0px(?:, 0px)?\))$/.test(value) ? 'none' : value);
		const look = () => {
			for (const animation of document.getAnimations()) note(animation);
			requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
	return { moved: () => page.evaluate(() => [...(window as unknown as { moved: Set<string> }).moved]) };
}
